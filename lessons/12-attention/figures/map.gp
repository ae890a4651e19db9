# A map of the shipped model: who looks at whom in one sentence.
# data: build/gpt attend --model checkpoints/stories --prompt 'Tom had a red hat and Lucy had a blue hat.' --layer 2 --head 1
set terminal svg size 640,560 background rgb 'white' font 'sans,14' noenhanced
set title 'layer 2, head 1: how much each token takes from each'
set datafile separator tab
set datafile missing '-'
set size square
set palette defined (0 '#ffffff', 0.25 '#c6dbef', 0.5 '#6baed6', 1 '#08306b')
set cbrange [0:1]
set cblabel 'share p'
set xrange [-0.5:14.5]
set yrange [14.5:-0.5]
set xtics rotate by 90 right scale 0
set ytics scale 0
set xlabel 'is looked at'
set ylabel 'looks'
set object 1 rectangle from graph 0,0 to graph 1,1 behind fillstyle solid noborder fillcolor rgb '#e4e4e4'
set label 1 'the future' at graph 0.72, 0.72 center textcolor rgb '#777777'
unset key
plot data matrix rowheaders columnheaders using 1:2:3 with image pixels
