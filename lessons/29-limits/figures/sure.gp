# How often a guess is right, against how sure the network is of it: on stories, and on stories in another script.
# data: make -s datasets/stories >&2 && build/gpt lab sure --examples 30000 | awk '/^(known|renamed) / { kind = $1 } /^ / && NF == 3 && $1 + 0 == $1 { print kind, $1, $2 }'
set terminal svg size 560,480 background rgb 'white' font 'sans,14'
set title 'how often a guess is right, by how sure the network is'
set xlabel 'sure'
set ylabel 'right'
set xrange [0:1]
set yrange [0:1]
set grid
set key at graph 0.5, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot x with lines lw 2 dt 2 lc rgb '#555555' title 'as it should be', \
     of('known') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#27762f' title 'stories', \
     of('renamed') using 2:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb '#c0392b' title 'in another script'
