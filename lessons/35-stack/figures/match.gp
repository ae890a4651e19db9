# Bits a character by how far the memory matched: the memory alone, the network alone, both by the gate.  What
# `build/gpt lab gate --data shakespeare | tail -n +3` printed.
# data: awk '$1 ~ /^[1-6]$/' lessons/35-stack/figures/shakespeare-gate.txt
set terminal svg size 800,420 background rgb 'white' font 'sans,14'
set title 'bits a character of Shakespeare, by how many characters the memory found again'
set xlabel 'characters found again'
set xrange [0.8:6.2]
set xtics 1
set yrange [2:4]
set grid
set key at graph 0.98, graph 0.97
plot data using 1:4 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b' title 'a network, by backprop', \
     data using 1:3 with linespoints lw 2 pt 5 ps 0.6 lc rgb '#8fb3d9' title 'a memory', \
     data using 1:5 with linespoints lw 2 pt 9 ps 0.8 lc rgb '#27762f' title 'both, by the gate'
