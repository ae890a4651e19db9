# Bits a letter of invented words in a new sentence, and bits of held-back stories, against how often the words were shown.
# data: make -s datasets/stories >&2 && build/gpt lab often --examples 30000 | awk 'NF == 4 && $2 + 0 == $2'
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'invented words shown again and again: bits of their letters, and of held-back stories'
set xlabel 'times shown'
set logscale x 2
set xrange [0.4:40]
set xtics ('0' 0.5, 1, 2, 4, 8, 16, 32)
set yrange [0:9]
set grid
set key at graph 0.98, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\" { print ($2 ? $2 : 0.5), $3, $4 }' '%s'", name, data)
plot of('mlp') using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'the network: the words', \
     of('mlp') using 1:3 with linespoints lw 2 dt 2 pt 5 ps 0.5 lc rgb '#c0392b' title 'the network: held-back stories', \
     of('reso') using 1:2 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'a rule of the next lesson: the words', \
     of('reso') using 1:3 with linespoints lw 2 dt 2 pt 5 ps 0.5 lc rgb '#27762f' title 'that rule: held-back stories'
