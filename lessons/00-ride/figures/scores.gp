# All 1,024 scores after two beginnings, from the highest down: one clear answer, four near ties.
# data: for p in 'Once upon a time' 'He had long gold hair, a red bag and black'; do build/gpt generate --model checkpoints/stories --threads 1 --prompt "$p" --scores 1024; printf '\n\n'; done
set terminal svg size 800,440 background rgb 'white' font 'sans,14'
set datafile separator "\t"
set title 'the scores of all 1,024 tokens, from the highest down'
set xlabel 'place (by factors of ten)'
set ylabel 'score'
set logscale x
set xrange [0.8:1300]
set yrange [-10:19]
set grid ytics
set key at graph 0.98, graph 0.95
# The highest tokens of each beginning: the first line, and the first four.
top(block, n) = system(sprintf("awk -F'\\t' '/^$/ { k++ } k == %d && NF == 3 && n < %d { printf \"%%s“%%s”\", n++ ? \", \" : \"\", $3 }' '%s'", 2 * block, n, data))
set label top(0, 1) at 1.13, 16 left textcolor rgb '#27762f'
set label top(1, 4) at 4.4, 12.4 left textcolor rgb '#c0392b'
plot data index 0 using ($0+1):1 with lines lw 2 lc rgb '#27762f' \
         title 'after "Once upon a time"', \
     data index 1 using ($0+1):1 with lines lw 2 lc rgb '#c0392b' \
         title 'after "He had long gold hair, a red bag and black"', \
     data index 0 every ::0::19 using ($0+1):1 with points pt 7 ps 0.4 lc rgb '#27762f' notitle, \
     data index 1 every ::0::19 using ($0+1):1 with points pt 7 ps 0.4 lc rgb '#c0392b' notitle
