# gelu, silu and relu, and their slopes.
# data: true
set terminal svg size 820,380 background rgb 'white' font 'sans,14'
root = sqrt(2 / pi)
gelu(x) = x / 2 * (1 + tanh(root * (x + 0.044715 * x**3)))
sigmoid(x) = 1 / (1 + exp(-x))
silu(x) = x * sigmoid(x)
relu(x) = x > 0 ? x : 0
t(x) = tanh(root * (x + 0.044715 * x**3))
gelu_slope(x) = (1 + t(x)) / 2 + x / 2 * (1 - t(x)**2) * root * (1 + 3 * 0.044715 * x**2)
silu_slope(x) = sigmoid(x) + silu(x) * (1 - sigmoid(x))
set samples 601
set multiplot layout 1,2
set xrange [-5:5]
set xlabel 'x'
set grid
set key top left
set title 'the bend'
set yrange [-0.6:5]
plot relu(x) lw 2 lc rgb '#999999' title 'max(0, x)', gelu(x) lw 2 lc rgb '#2c5d9b' title 'gelu', silu(x) lw 2 lc rgb '#c0392b' title 'silu'
set title 'its slope'
set yrange [-0.25:1.25]
plot (x > 0 ? 1 : 0) lw 2 lc rgb '#999999' notitle, gelu_slope(x) lw 2 lc rgb '#2c5d9b' notitle, silu_slope(x) lw 2 lc rgb '#c0392b' notitle
