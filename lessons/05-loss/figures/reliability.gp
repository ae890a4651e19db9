# How often a bigram's best guess is right, against how sure it was; a point for each bin of confidence.
# data: make -s datasets/stories >&2 && for loss in cross-entropy smooth focal own; do build/gpt bigram --loss $loss --steps 20000 --lr-end 1 --bins 2>/dev/null; printf '\n\n'; done
set terminal svg size 800,560 background rgb 'white' font 'sans,14'
set title 'Best guesses of bigrams trained by four losses, on held-back stories'
set xlabel 'confidence, the probability of the guess (%)'
set ylabel 'of which right (%)'
set xrange [0:100]
set yrange [0:100]
set xtics 10
set ytics 10
set grid
set key at graph 0.98, graph 0.36 right
plot x with lines lw 2 dt 2 lc rgb '#555555' title 'says what it is worth', \
     data index 0 using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb '#0072b2' title 'cross-entropy', \
     data index 3 using 1:2 with linespoints lw 2 pt 9 ps 0.8 lc rgb '#009e73' title 'own (Brier)', \
     data index 1 using 1:2 with linespoints lw 2 pt 5 ps 0.7 lc rgb '#e69f00' title 'smooth, 0.1', \
     data index 2 using 1:2 with linespoints lw 2 pt 13 ps 0.9 lc rgb '#d55e00' title 'focal, 2'
