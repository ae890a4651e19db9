# A model that has too little text: what it was trained on, and what it was not.
# data: make -s datasets/stories >&2 && mkdir -p build/little && head -c 6000 datasets/stories/train.txt >build/little/train.txt && head -c 20000 datasets/stories/val.txt >build/little/val.txt && build/gpt train --data build/little --tokenizer chars --threads 1 --layers 2 --channels 64 --context 64 --steps 600 --lr 1e-2 --warmup 40 --eval-every 25 --out runs/little >&2 && cat runs/little/loss.tsv
set terminal svg size 800,480 background rgb 'white' font 'sans,14'
set title 'trained on 6,000 characters only'
set datafile missing '-'
set xlabel 'step'
set ylabel 'bits per byte'
set xrange [0:600]
set yrange [0:6]
set grid ytics lc rgb '#dddddd'
set key top right
plot data using 1:2 with lines lw 1 lc rgb '#8fb3d9' title 'the batch of each step', \
     '' using 1:(column(3)) with linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b' title 'validation'
