# One sentence in several languages: how many characters, how many bytes.
# data: while IFS="$(printf '\t')" read -r language text; do printf '"%s" ' "$language" && build/gpt tokenize --chars --count --text "$text"; done <lessons/01-bytes/figures/sentences.txt
set terminal svg size 860,400 background rgb 'white' font 'sans,14'
set title '“The cat sleeps by the window.”'
set style data histogram
set style histogram clustered gap 1
set style fill solid
set ylabel 'how many'
set yrange [0:90]
set grid ytics
set xtics scale 0
set key at graph 0.98, graph 0.95
plot data using 4:xtic(1) lc rgb '#27762f' title 'characters', \
     data using 2 lc rgb '#8fb3d9' title 'bytes'
