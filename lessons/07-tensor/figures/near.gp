# Sixteen tokens, each with each: how alike the trained model's embeddings of them are.
# data: build/gpt near --model checkpoints/stories --among ' red blue green yellow Tom Max Lily Mia dog cat cow ball kite ran jumped danced'
set terminal svg size 720,620 background rgb 'white' font 'sans,14'
set title "similarity of the embeddings of 16 tokens"
set datafile separator tab
set palette defined (-0.25 '#ffffff', 0 '#f1f5fa', 0.4 '#9dc3e6', 0.8 '#2f6da8', 1 '#0b2f57')
set cbrange [-0.25:1]
set cblabel 'similarity (1: the same direction, 0: none in common)'
set xtics rotate by 90 right scale 0
set ytics scale 0
set xrange [-0.5:15.5]
set yrange [15.5:-0.5]
set size ratio 1
unset key
plot data matrix rowheaders columnheaders using 1:2:3 with image pixels
