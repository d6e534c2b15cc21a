// Reads a published log with Go's own sumdb/note and sumdb/tlog, which share nothing with our code.
//
//	check_log VERIFIER-KEY FOLDER
//
// Prints the size and root when signature, every tile and every entry hold; exits with 1 if not.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func main() {
	if len(os.Args) != 3 {
		fail("usage: check_log VERIFIER-KEY FOLDER")
	}
	tree := openCheckpoint(os.Args[1], os.Args[2])
	hashes := readHashes(tree, os.Args[2])
	checkEntries(tree, os.Args[2], hashes)
	if tree.N > 0 {
		checkProof(tree, os.Args[2])
	}
	fmt.Println(tree.N, tree.Hash)
}

func fail(what ...interface{}) {
	fmt.Fprintln(os.Stderr, what...)
	os.Exit(1)
}

func openCheckpoint(key, folder string) tlog.Tree {
	data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		fail(err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		fail(err)
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		fail(err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || lines[0] != verifier.Name() {
		fail("checkpoint: wrong origin or size", lines[0], lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		fail("checkpoint: wrong root")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// A folder of C2SP tiles, read under the names that x/mod gives them.
type folderTiles struct{ folder string }

func (f folderTiles) Height() int                                { return 8 }
func (f folderTiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := os.ReadFile(filepath.Join(f.folder, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// readHashes returns every leaf hash, each authenticated up to the signed root.
func readHashes(tree tlog.Tree, folder string) []tlog.Hash {
	var indexes []int64
	for n := int64(0); n < tree.N; n++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, n))
	}
	hashes, err := tlog.TileHashReader(tree, folderTiles{folder}).ReadHashes(indexes)
	if err != nil {
		fail(err)
	}
	return hashes
}

func checkEntries(tree tlog.Tree, folder string, hashes []tlog.Hash) {
	for first := int64(0); first < tree.N; first += width {
		tile := tlog.Tile{H: 8, L: 0, N: first / width, W: width}
		if tree.N-first < width {
			tile.W = int(tree.N - first)
		}
		path := "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
		data, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			fail(err)
		}
		for n := first; n < first+int64(tile.W); n++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				fail(path, "is too short for entry", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			if tlog.RecordHash(data[2:end]) != hashes[n] {
				fail("entry", n, "does not have its leaf hash")
			}
			data = data[end:]
		}
		if len(data) != 0 {
			fail(path, "has bytes beyond its entries")
		}
	}
}

// checkProof lets x/mod make and check an inclusion and a consistency proof from our tiles.
func checkProof(tree tlog.Tree, folder string) {
	reader := tlog.TileHashReader(tree, folderTiles{folder})
	last := tree.N - 1
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, last)})
	if err != nil {
		fail(err)
	}
	proof, err := tlog.ProveRecord(tree.N, last, reader)
	if err != nil {
		fail(err)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, last, leaf[0]); err != nil {
		fail(err)
	}
	half := (tree.N + 1) / 2
	root, err := tlog.TreeHash(half, reader)
	if err != nil {
		fail(err)
	}
	grown, err := tlog.ProveTree(tree.N, half, reader)
	if err != nil {
		fail(err)
	}
	if err := tlog.CheckTree(grown, tree.N, tree.Hash, half, root); err != nil {
		fail(err)
	}
}
