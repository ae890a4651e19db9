# The graph of (a*b + c)*a: values on the way there, gradients on the way back.
# data: build/gpt scalar graph --of '(a*b + c)*a' --at a=2,b=-3,c=10 | awk 'NR > 1 { print substr($1, 2), $2, $3 }'
set terminal svg size 800,400 background rgb 'white' font 'sans,15'
set title '(a·b + c)·a: values forward (black), gradients backward (red)'
unset border
unset tics
unset key
set xrange [-0.7:7.2]
set yrange [-0.2:4.9]
# Node n stands at word n + 1 of these.
X = '0.2 0.2 2.4 0.2 4.4 6.5'
Y = '4.2 2.3 2.9 0.6 1.7 3.0'
NAME = 'a b a·b c a·b+c (…)·a'
x(n) = real(word(X, int(n) + 1))
y(n) = real(word(Y, int(n) + 1))
array FROM = [0, 1, 2, 3, 4, 0]
array TO = [2, 2, 4, 4, 5, 5]
do for [i=1:6] {
    # An edge goes from box to box, not from middle to middle.
    dx = x(TO[i]) - x(FROM[i])
    dy = y(TO[i]) - y(FROM[i])
    set arrow from x(FROM[i]) + 0.7, y(FROM[i]) + dy / dx * 0.7 \
        to x(TO[i]) - 0.72, y(TO[i]) - dy / dx * 0.72 \
        lw 2 lc rgb '#8a8a8a' back
}
do for [n=0:5] {
    set object rectangle center x(n), y(n) size 1.4, 1.05 fillcolor rgb '#eef3f9' \
        fillstyle solid border lc rgb '#4a6785' lw 1.5
    set label word(NAME, n + 1) at x(n), y(n) + 0.32 center front font 'sans,13' \
        textcolor rgb '#4a6785'
}
plot data using (x($1)):(y($1) + 0.02):(sprintf('%g', $2)) with labels font 'sans,16', \
     data using (x($1)):(y($1) - 0.3):(sprintf('gradient %g', $3)) with labels font 'sans,13' \
          textcolor rgb '#b0231a'
