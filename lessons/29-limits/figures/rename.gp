# Bits a character of stories in another script, against how much of it was read: a network that knows stories, one that knows nothing, and a search for the names.
# data: make -s datasets/stories >&2 && build/gpt lab rename --examples 30000 | awk 'NF == 3 && $1 + 0 == $1 { print "net", $1, $2, $3 }' && build/gpt lab rebind --examples 30000 --seeds 3 | awk 'NF == 4 && $1 + 0 == $1 { print "search", $1, $4 }'
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'bits a character of stories in another script, by how much of it was read'
set xlabel 'characters of it that were read'
set logscale x
set xrange [20:40000]
set yrange [0:11]
set grid
set key at graph 0.98, graph 0.97
of(name) = sprintf("< awk '$1 == \"%s\"' '%s'", name, data)
plot of('net') using 2:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'a network that knows stories, taught on', \
     of('net') using 2:4 with linespoints lw 2 dt 2 pt 5 ps 0.5 lc rgb '#999999' title 'one that begins here', \
     of('search') using 2:3 with linespoints lw 2 pt 7 ps 0.5 lc rgb '#27762f' title 'the first, its weights untouched, and a search for the names'
