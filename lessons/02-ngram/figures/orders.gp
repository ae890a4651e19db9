# Bits per byte against the order: counted on 40 kB of stories, and on all 4 MB.
# data: make -s datasets/stories >&2 && mkdir -p build/few && cp datasets/stories/val.txt build/few && head -c 40000 datasets/stories/train.txt >build/few/train.txt && build/gpt ngram --data build/few --order 10 --train | sed '1,2s/^/# /' && printf '\n\n' && build/gpt ngram --order 10 | sed '1,2s/^/# /'
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
floor = system("sed -n 's/.*floor //p' '" . data . "'") + 0
set datafile missing '-'
set title 'bits per byte, by order'
set xlabel 'order'
set xrange [0.7:10.3]
set yrange [0:5]
set xtics 1
set grid ytics
set key at graph 0.98, graph 0.95
set label 'floor' at 1, floor offset 0, 0.6 textcolor rgb '#555555'
plot data index 0 using 1:6 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#8fb3d9' \
         title '40 kB counted: on the text that was counted', \
     data index 0 using 1:5 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' \
         title '40 kB counted: on other stories', \
     data index 1 using 1:5 with linespoints lw 2 pt 5 ps 0.5 lc rgb '#27762f' \
         title '4 MB counted: on the same other stories', \
     floor with lines lw 2 dt 2 lc rgb '#555555' notitle
