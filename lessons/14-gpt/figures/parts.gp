# Where the weights of the model of this course and of the four GPT-2 are.
# data: for n in ours gpt2 gpt2-medium gpt2-large gpt2-xl; do if [ $n = ours ]; then build/gpt shape; else build/gpt shape --named $n; fi | awk -v n=${n#gpt2-} '$1 ~ /^[a-z]+$/ { w[$1] = $2 } END { print n, w["embedding"], w["positions"], w["attention"], w["network"], w["norms"], w["total"] }'; done
set terminal svg size 760,440 background rgb 'white' font 'sans,14' noenhanced
set title 'where the weights are: ours, and the four sizes of GPT-2'
set bmargin 4
set style data histograms
set style histogram rowstacked
set style fill solid 0.9 border rgb 'white'
set boxwidth 0.7
set yrange [0:100]
set ylabel 'percent of all weights'
set xtics scale 0
set key outside right top reverse Left invert
plot data using (100 * $2 / $7):xtic(sprintf($7 < 1e7 ? "%s\n%.1f M" : "%s\n%.0f M", strcol(1), $7 / 1e6)) title 'embedding' linecolor rgb '#4477aa', \
    '' using (100 * $3 / $7) title 'positions' linecolor rgb '#66ccee', \
    '' using (100 * $4 / $7) title 'attention' linecolor rgb '#ee6677', \
    '' using (100 * $5 / $7) title 'network' linecolor rgb '#ccbb44', \
    '' using (100 * $6 / $7) title 'norms' linecolor rgb '#888888'
