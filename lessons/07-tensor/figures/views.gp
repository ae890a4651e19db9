# Six floats in memory, and four views of them: each cell says which float it reads.
# data: for do in 'reshape 1 6' '' 'transpose 0 1' 'slice 1 2 2 -2' 'slice 0 1 1 1; broadcast 3 3'; do build/gpt view --shape '2 3' --do "$do" | awk '/shape/ { t = "" } /^ / { t = t $0 "\n" } END { print t "\n" }'; done
set terminal svg size 860,370 background rgb 'white' font 'sans,14'
unset tics
unset border
unset key
unset colorbox
set margins 0, 0, 0, 0
set xrange [0:21.5]
set yrange [-6.7:2.4]
set cbrange [0:5]
set palette defined (0 '#cfe3f5', 1 '#8fbbe0', 2 '#4f8fc4', 3 '#fde3c4', 4 '#f7b76c', 5 '#d9822b')
set label 'memory: six floats, each of which holds its own place' at 0.7, 1.9
set label 'x' at 0.7, -0.7
set label "shape (2, 3)\nstrides (3, 1)\nfrom 0" at 0.7, -4.7
set label 'tensor\_transpose(x, 0, 1)' at 5.2, -0.7
set label "shape (3, 2)\nstrides (1, 3)\nfrom 0" at 5.2, -4.7
set label 'tensor\_slice(x, 1, 2, 2, -2)' at 10.5, -0.7
set label "shape (2, 2)\nstrides (3, -2)\nfrom 2" at 10.5, -4.7
set label "second row of x, to (3, 3)" at 16, -0.7
set label "shape (3, 3)\nstrides (0, 1)\nfrom 3" at 16, -4.7
array left[5] = [0.7, 0.7, 5.2, 10.5, 16]
array top[5] = [1.4, -1.2, -1.2, -1.2, -1.2]
plot for [i = 0:4] data index i matrix \
         using (left[i + 1] + $1 + 0.5):(top[i + 1] - $2 - 0.5):(0.5):(0.5):3 \
         with boxxyerror fillstyle solid 1 border lc rgb 'white' lw 2 lc palette, \
     for [i = 0:4] data index i matrix \
         using (left[i + 1] + $1 + 0.5):(top[i + 1] - $2 - 0.5):(sprintf('%d', $3)) \
         with labels font 'sans,15'
