# Bits per byte against the step: with a learning rate that stays, with one that comes down, and by counting.
# data: make -s datasets/stories >&2 && build/gpt bigram --steps 30000 --trace 2>/dev/null && printf '\n\n' && build/gpt bigram --steps 30000 --lr-end 50 --trace 2>/dev/null && printf '\n\n' && build/gpt bigram --steps 0 2>/dev/null | awk '/shares/ { print 1, $5; print 30000, $5 }'
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'bigrams of the stories, learning rate 50, batches of 100 pairs'
set xlabel 'step'
set ylabel 'bits per byte, held-back text'
set logscale x
set xrange [1:30000]
set yrange [3.2:5.6]
set grid ytics
plot data index 1 using 1:3 with lines lw 2 lc rgb '#c0392b' title 'learning rate stays', \
     data index 0 using 1:3 with lines lw 2 lc rgb '#1f4e8c' title 'comes down to 0', \
     data index 2 using 1:2 with lines lw 2 dt 2 lc rgb '#555555' title 'by counting'
