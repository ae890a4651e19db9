# Which numbers of b come from memory when eight of them are needed: down a column, along a row.
# data: awk 'BEGIN { for (r = 0; r < 8; r++) for (c = 0; c < 32; c++) print c, r, (c < 16 ? (c == 5 ? 2 : 1) : 0), (r == 2 && c < 16 ? (c < 8 ? 2 : 1) : 0) }'
set terminal svg size 760,230 background rgb 'white' font 'sans,14'
set multiplot layout 1,2 margins 0.02,0.98,0.02,0.88 spacing 0.05
set palette defined (0 '#eeeeee', 1 '#c6dbef', 2 '#08306b')
set cbrange [0:2]
unset colorbox
unset key
unset tics
unset border
set size ratio 0.5
set xrange [-0.6:31.6]
set yrange [7.6:-0.6]
set arrow from 15.5,-0.5 to 15.5,7.5 nohead linewidth 2 linecolor rgb '#888888' front
set title 'eight numbers down a column: eight lines'
plot data using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 border linecolor rgb 'white' linecolor palette
set title 'eight numbers along a row: one line'
plot data using 1:2:(0.5):(0.5):4 with boxxyerror fillstyle solid 1 border linecolor rgb 'white' linecolor palette
unset multiplot
