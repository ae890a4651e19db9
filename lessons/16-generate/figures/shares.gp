# The likeliest tokens after a prompt, at two temperatures and after a filter.
# data: build/gpt generate --model checkpoints/stories --prompt 'Tom had a red hat. Lucy had a' --scores 1024 | awk -F '\t' 'NR == 1 { max = $1 } { t[NR] = $3; a[NR] = exp($1 - max); b[NR] = sqrt(a[NR]); A += a[NR]; B += b[NR]; if (b[NR] >= 0.1) { C += b[NR]; c[NR] = b[NR] } } END { for (i = 1; i <= 8; i++) { print t[i] "\t" a[i] / A "\t" b[i] / B "\t" c[i] / C; x += a[i] / A; y += b[i] / B; z += c[i] / C } print "others\t" 1 - x "\t" 1 - y "\t" 1 - z }'
set terminal svg size 760,400 background rgb 'white' font 'sans,14'
set datafile separator tab
set style data histograms
set style fill solid
set boxwidth 0.9
set yrange [0:0.5]
set ylabel 'share'
set xtics scale 0
set grid ytics linecolor rgb '#dddddd'
set key top left
plot data using 2:xtic(1) title 'temperature 1' linecolor rgb '#08306b', \
     data using 3 title 'temperature 2' linecolor rgb '#6baed6', \
     data using 4 title 'temperature 2, min-p 0.1' linecolor rgb '#e6550d'
