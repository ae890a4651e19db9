# The same small GPT, told its places in four ways: the loss of training, and bits on held-back text against the length of the window.
# data: lessons/11-position/compare.sh | awk '{ for (i = 1; i <= NF; i++) row[i] = row[i] " " $i } END { for (i = 2; i <= NF; i++) print row[i] }'; for p in none learned waves rotary; do printf '\n\n'; cat build/position/$p/loss.tsv; done
set terminal svg size 900,420 background rgb 'white' font 'sans,14'
colour(i) = word('#777777 #e69f00 #1f5fa8 #c0392b', i)
name(i) = word('none learned waves rotary', i)
set multiplot layout 1,2
set datafile missing '-'
set grid ytics lc rgb '#dddddd'
unset key
set title 'training'
set xlabel 'step'
set ylabel 'bits per byte of the batch, smoothed'
set xrange [0:300]
set yrange [1.5:5.5]
plot for [i=1:4] data index i using 1:2 smooth bezier with lines lw 2.2 lc rgb colour(i)
set title 'afterwards, in windows of other lengths'
set xlabel 'characters of the window'
set ylabel 'bits per byte, held back'
set logscale x 2
set xrange [15:275]
set xtics (16, 32, 64, 128, 256)
set key top left
set arrow from 64, 1.5 to 64, 5.5 nohead dt 2 lc rgb '#999999'
set label 'trained on 64' at 67, 1.7
plot for [i=1:4] data index 0 using 1:i+1 with linespoints lw 2.2 pt 7 ps 0.6 lc rgb colour(i) title name(i)
unset multiplot
