# Two threads add 1 to a counter at the same time.
set terminal svg size 640,380 background rgb 'white' font 'sans,14' noenhanced
unset border
unset tics
unset key
set xrange [0:10]
set yrange [8.2:-0.6]
blue = '#1f5fa8'
red = '#c0392b'
set label 'thread 0' at 1.7,0 center textcolor rgb blue
set label 'counter' at 5,0 center
set label 'thread 1' at 8.3,0 center textcolor rgb red
set arrow from 0.15,0.6 to 0.15,7.2 linecolor rgb '#999999'
set label 'time' at 0.25,7.2 textcolor rgb '#777777'
array value[7] = [5, 5, 5, 5, 6, 6, 6]
do for [i=1:7] { set label sprintf('%d', value[i]) at 5,i center front }
do for [i=1:7] {
    set object i rectangle center 5,i size 0.9,0.8 fillstyle solid border rgb '#bbbbbb' fillcolor rgb (i < 5 ? '#eef3f8' : '#fbe9d8')
}
set label 'reads 5' at 1.7,1 center textcolor rgb blue
set arrow from 4.5,1 to 2.7,1 linecolor rgb blue
set label 'reads 5' at 8.3,2 center textcolor rgb red
set arrow from 5.5,2 to 7.3,2 linecolor rgb red
set label '5 + 1 = 6' at 1.7,3 center textcolor rgb blue
set label '5 + 1 = 6' at 8.3,4 center textcolor rgb red
set label 'writes 6' at 1.7,5 center textcolor rgb blue
set arrow from 2.7,5 to 4.5,5 linecolor rgb blue
set label 'writes 6' at 8.3,6 center textcolor rgb red
set arrow from 7.3,6 to 5.5,6 linecolor rgb red
set label 'two additions, and one is lost' at 5,7.9 center textcolor rgb '#555555'
plot NaN notitle
