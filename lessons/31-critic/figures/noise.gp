# Bits a character of clean stories, after examples of which a fifth had its answer drawn by lot: by backprop, and if it doubts them.
# data: make -s datasets/stories >&2 && for n in 10000 30000 100000 200000; do for r in mlp critic; do build/gpt lab $r --examples $n --trial noise | awk -v n=$n -v r=$r '/told the truth/ { clean = $(NF - 1) } /a fifth/ { print r, n, clean, $(NF - 1) }'; done; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'bits a character of clean stories, by examples seen'
set xlabel 'examples'
set logscale x
set xrange [9000:225000]
set xtics (10000, 30000, 100000, 200000)
set yrange [1:4]
set grid
set key at graph 0.98, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot of('mlp') using 2:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'backprop, a fifth of the answers by lot', \
     of('critic') using 2:4 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'the same, but each answer is weighed', \
     of('mlp') using 2:3 with linespoints lw 2 dt 2 pt 5 ps 0.5 lc rgb '#999999' title 'backprop, all answers true'
