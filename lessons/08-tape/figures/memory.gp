# Memory of a training step by kind of node, for 1024 tokens cut into sequences of several lengths.
# data: for T in 32 64 128 256 512 1024; do build/gpt memory --predict --context $T --batch $((1024 / T)) | awk -v T=$T 'NF == 7 && $1 != "sum" { m[$1] = $7 / 1e6 } END { print T, m["linear"], m["network"], m["add"], m["norm"], m["embedding"] + m["position"] + m["cross-entropy"], m["attention"] }'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set title 'memory of a step on 1024 tokens, by length of the sequences'
set xlabel 'tokens in a sequence'
set ylabel 'MB'
set style data histograms
set style histogram rowstacked
set style fill solid border rgb 'white'
set boxwidth 0.7
set yrange [0:]
set grid ytics
set key outside right top reverse Left invert
plot data using 2:xtic(1) lc rgb '#1f4e79' title 'linear', \
     '' using 3 lc rgb '#5b8db8' title 'network', \
     '' using 4 lc rgb '#27762f' title 'add', \
     '' using 5 lc rgb '#8cc084' title 'norm', \
     '' using 6 lc rgb '#999999' title 'the rest', \
     '' using 7 lc rgb '#c0392b' title 'attention'
