# data: make -s datasets/stories >/dev/null
# data: mkdir -p build/bpe
# data: for v in 257 265 280 300 330 370 420 512 640 768 896 1024 1200 1348; do
# data:     build/gpt tokenize --learn datasets/stories/train.txt --vocab $v --save build/bpe/figure
# data:     for t in datasets/stories/val.txt LICENSE; do
# data:         build/gpt tokenize --tokenizer build/bpe/figure --count --file $t
# data:     done | awk -v v=$v '{ x = x " " $3 / $1 } END { print v x }'
# data: done
#
# Tokens per byte against the size of the vocabulary: new text of the kind that it was learned from,
# and text of another kind.  Columns: tokens in the vocabulary, stories, licence.
set terminal svg size 640,380 font "sans,13" background "white"
set xlabel "tokens in the vocabulary"
set ylabel "tokens per byte"
set logscale x 2
set xrange [240:1450]
set yrange [0:1.05]
set xtics (257, 300, 370, 512, 768, 1024, 1348)
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set key at graph 0.98,0.98
plot data using 1:3 with linespoints pt 7 ps 0.5 lw 2 lc rgb "#b05020" title "the licence of this project", \
     data using 1:2 with linespoints pt 7 ps 0.5 lw 2 lc rgb "#2060a0" title "new stories of the same kind"
