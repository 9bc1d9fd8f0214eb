package lockstep

// EditDistance counts the bytes to insert, delete, replace or swap with their
// neighbour to turn a into b: what a person who mistyped a name may have meant.
// It takes time that grows with both lengths multiplied.
func EditDistance(a, b string) int {
	n := len(b) + 1
	rows := make([]int, 3*n)
	twoBack, oneBack, row := rows[:n], rows[n:2*n], rows[2*n:]
	for j := range oneBack {
		oneBack[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(oneBack[j]+1, row[j-1]+1, oneBack[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], twoBack[j-2]+1)
			}
		}
		twoBack, oneBack, row = oneBack, row, twoBack
	}
	return oneBack[len(b)]
}
