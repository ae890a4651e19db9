# Bits per byte against the step, for several learning rates that stay as they are.
# data: make -s datasets/stories >&2 && for lr in 1 10 50 200; do build/gpt bigram --steps 1000 --lr $lr --lr-end $lr --trace 2>/dev/null; printf '\n\n'; done; build/gpt bigram --steps 0 2>/dev/null | awk '/shares/ { print 1, $5; print 1000, $5 }'
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'bigrams of the stories: the first thousand steps'
set xlabel 'step'
set ylabel 'bits per byte, held-back text'
set logscale x
set xrange [1:1000]
set yrange [3:13]
set grid ytics
set key top right
plot data index 3 using 1:3 with lines lw 2 lc rgb '#c0392b' title 'learning rate 200', \
     data index 2 using 1:3 with lines lw 2 lc rgb '#1f4e8c' title '50', \
     data index 1 using 1:3 with lines lw 2 lc rgb '#d9a441' title '10', \
     data index 0 using 1:3 with lines lw 2 lc rgb '#27762f' title '1', \
     data index 4 using 1:2 with lines lw 2 dt 2 lc rgb '#555555' title 'by counting'
