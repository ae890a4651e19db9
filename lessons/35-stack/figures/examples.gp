# Bits a character of Shakespeare against the examples seen, every rule of the table.
# data: cat lessons/35-stack/figures/shakespeare-curves.tsv
set terminal svg size 860,560 background rgb 'white' font 'sans,13'
set title 'bits a character of Shakespeare, by examples seen'
set xlabel 'examples'
set logscale x
set autoscale xfix
set yrange [2:5.5]
set grid
set key outside right
rules = system(sprintf("awk -F '\\t' 'NR > 1 && !seen[$1]++ { print $1 }' '%s'", data))
of(name) = sprintf("< awk -F '\\t' '$1 == \"%s\"' '%s'", name, data)
plot for [i = 1:words(rules)] of(word(rules, i)) using 2:3 with linespoints lw 1.5 pt (4 + i % 10) ps 0.5 title word(rules, i)
