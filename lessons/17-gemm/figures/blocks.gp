# A block of c, and what of a and b it is made from.
# data: echo 0 0
set terminal svg size 760,320 background rgb 'white' font 'sans,14'
unset key
unset tics
unset border
set margins 0, 0, 0, 0
set xrange [0:76]
set yrange [32:2]
set style rect fillstyle solid 1.0 border linecolor rgb '#888888'
set object 1 rect from 1,6 to 22,30 fillcolor rgb '#f4f4f4'
set object 2 rect from 27,6 to 48,27 fillcolor rgb '#f4f4f4'
set object 3 rect from 54,6 to 75,30 fillcolor rgb '#f4f4f4'
set object 4 rect from 1,12 to 22,18 fillcolor rgb '#dbe9f6'
set object 5 rect from 34,6 to 41,27 fillcolor rgb '#dbe9f6'
set object 6 rect from 61,12 to 68,18 fillcolor rgb '#dbe9f6'
set object 7 rect from 1,12 to 11,18 fillcolor rgb '#9ecae1'
set object 8 rect from 34,6 to 41,16 fillcolor rgb '#9ecae1'
set object 9 rect from 1,13.5 to 11,14.5 fillcolor rgb '#08306b'
set object 10 rect from 36,6 to 38,16 fillcolor rgb '#4292c6'
set object 11 rect from 63,13.5 to 65,14.5 fillcolor rgb '#c0392b'
set label 1 'a  (M, K)' at 11.5,4 center
set label 2 'b  (K, N)' at 37.5,4 center
set label 3 'c  (M, N)' at 64.5,4 center
set label 4 'by' at 24.5,16 center
set label 5 '=' at 51,16 center
set label 6 'GEMM_DEEP' at 6,11 center font 'sans,11' noenhanced
set label 7 'rows' at 12,14.2 left font 'sans,11'
set label 8 'panels' at 42,11 left font 'sans,11'
set label 9 'tile' at 63.5,15.9 center font 'sans,11' textcolor rgb '#c0392b'
set label 10 'GEMM_WIDE' at 64.5,20 center font 'sans,11' noenhanced
set label 11 'GEMM_HIGH' at 60,15 center rotate by 90 font 'sans,11' noenhanced
plot data using 1:2 with dots linecolor rgb 'white'
