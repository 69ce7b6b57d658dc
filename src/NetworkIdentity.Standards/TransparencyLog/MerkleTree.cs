using System.Numerics;
using System.Security.Cryptography;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>The Merkle tree of a log: SHA-256, leaves and nodes told apart by a first byte [RFC6962 §2.1].</summary>
public static class MerkleTree
{
    /// <summary>Length of a hash, in bytes.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    /// <summary>The root of a tree without leaves: the hash of nothing.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>The hash of a leaf.</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> entry)
    {
        var input = new byte[1 + entry.Length];
        input[0] = LeafPrefix;
        entry.CopyTo(input.AsSpan(1));
        return SHA256.HashData(input);
    }

    /// <summary>The hash of the node above two hashes.</summary>
    /// <exception cref="ArgumentException">One of them is not 32 bytes.</exception>
    public static byte[] HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var hash = new byte[HashLength];
        HashNode(left, right, hash);
        return hash;
    }

    /// <summary>The root above hashes that stand one behind the other: of leaves the tree's, of a tile the hash that the next level has of it.</summary>
    /// <exception cref="Refusal">Malformed: the bytes are no whole number of hashes.</exception>
    public static byte[] RootOf(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length % HashLength != 0) throw Refusal.Malformed("the hashes are not 32 bytes each");
        if (hashes.IsEmpty) return EmptyRoot;
        var root = new byte[HashLength];
        RootOf(hashes, root);
        return root;
    }

    /// <summary>The root of the tree, from its tiles.</summary>
    /// <exception cref="Refusal">Malformed: the size is negative, or a tile has too few hashes.</exception>
    public static ValueTask<byte[]> RootOfAsync(long size, TileReader tiles, CancellationToken cancellation = default)
    {
        CheckSize(size);
        return size == 0 ? ValueTask.FromResult(EmptyRoot) : new TreeNodes(size, tiles).RootOfAsync(0, size, cancellation);
    }

    /// <summary>The proof that a leaf is in the tree: the hashes beside its way to the root, the lowest first [RFC6962 §2.1.1].</summary>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="size">The number of leaves.</param>
    /// <param name="tiles">The tree's tiles; each is read once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Refusal">Malformed: the tree has no such leaf, or a tile has too few hashes.</exception>
    public static async ValueTask<IReadOnlyList<byte[]>> ProveInclusionAsync(
        long index, long size, TileReader tiles, CancellationToken cancellation = default)
    {
        if (index < 0 || index >= size) throw Refusal.Malformed("the tree of that size has no such leaf");
        var nodes = new TreeNodes(size, tiles);
        var proof = new List<byte[]>();
        for (var (from, to) = (0L, size); to - from > 1;)
        {
            var middle = from + LeftOf(to - from);
            if (index < middle)
            {
                proof.Add(await nodes.RootOfAsync(middle, to, cancellation));
                to = middle;
            }
            else
            {
                proof.Add(await nodes.RootOfAsync(from, middle, cancellation));
                from = middle;
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>The proof that a tree is the beginning of a larger one [RFC6962 §2.1.2]; empty from an empty tree and for equal sizes.</summary>
    /// <param name="oldSize">The number of leaves of the smaller tree.</param>
    /// <param name="newSize">The number of leaves of the larger tree.</param>
    /// <param name="tiles">The larger tree's tiles; each is read once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Refusal">Malformed: the sizes are negative or the old is the larger, or a tile has too few hashes.</exception>
    public static async ValueTask<IReadOnlyList<byte[]>> ProveConsistencyAsync(
        long oldSize, long newSize, TileReader tiles, CancellationToken cancellation = default)
    {
        CheckSize(oldSize);
        if (oldSize > newSize) throw Refusal.Malformed("a tree does not grow to a smaller one");
        if (oldSize == 0) return [];
        var nodes = new TreeNodes(newSize, tiles);
        var proof = new List<byte[]>();
        var (from, to) = (0L, newSize);
        while (to != oldSize)
        {
            var middle = from + LeftOf(to - from);
            if (oldSize <= middle)
            {
                proof.Add(await nodes.RootOfAsync(middle, to, cancellation));
                to = middle;
            }
            else
            {
                proof.Add(await nodes.RootOfAsync(from, middle, cancellation));
                from = middle;
            }
        }

        // Where the old tree is a subtree of the new, its root is what the verifier begins with and not sent.
        if (from != 0) proof.Add(await nodes.RootOfAsync(from, to, cancellation));
        proof.Reverse();
        return proof;
    }

    /// <summary>Whether the proof shows that the tree has the leaf at the index. False for whatever else it is given.</summary>
    /// <param name="leafHash">The leaf's hash.</param>
    /// <param name="index">Its index.</param>
    /// <param name="size">The number of leaves.</param>
    /// <param name="root">The tree's root.</param>
    /// <param name="proof">The hashes beside its way to the root, the lowest first.</param>
    public static bool VerifyInclusion(ReadOnlySpan<byte> leafHash, long index, long size, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> proof)
    {
        if (leafHash.Length != HashLength || index < 0 || index >= size) return false;
        var hash = leafHash.ToArray();
        var (node, last) = (index, size - 1);
        foreach (var beside in proof)
        {
            if (last == 0 || beside is not { Length: HashLength }) return false;
            hash = IsRight(ref node, ref last) ? HashNode(beside, hash) : HashNode(hash, beside);
            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the proof shows that the old tree is the beginning of the new. False for whatever else it is given.</summary>
    /// <param name="oldSize">The number of leaves of the old tree.</param>
    /// <param name="oldRoot">The old tree's root.</param>
    /// <param name="newSize">The number of leaves of the new tree.</param>
    /// <param name="newRoot">The new tree's root.</param>
    /// <param name="proof">The proof: empty from an empty tree and for equal sizes.</param>
    public static bool VerifyConsistency(
        long oldSize, ReadOnlySpan<byte> oldRoot, long newSize, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 0 || oldSize > newSize || oldRoot.Length != HashLength || newRoot.Length != HashLength) return false;
        if (oldSize == 0 && !oldRoot.SequenceEqual(EmptyRoot)) return false;
        if (oldSize == newSize) return proof.Count == 0 && oldRoot.SequenceEqual(newRoot);
        if (oldSize == 0) return proof.Count == 0;

        // The largest subtree at the old tree's right edge is in both trees; the proof begins with it.
        var (node, last) = (oldSize - 1, newSize - 1);
        while ((node & 1) == 1) (node, last) = (node >> 1, last >> 1);
        var begin = node == 0 ? 0 : 1;
        if (proof.Count < begin || (begin == 1 && proof[0] is not { Length: HashLength })) return false;
        var oldHash = begin == 0 ? oldRoot.ToArray() : proof[0];
        var newHash = oldHash;
        for (var i = begin; i < proof.Count; i++)
        {
            if (last == 0 || proof[i] is not { Length: HashLength } beside) return false;
            if (IsRight(ref node, ref last))
            {
                oldHash = HashNode(beside, oldHash);
                newHash = HashNode(beside, newHash);
            }
            else
            {
                newHash = HashNode(newHash, beside);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && oldRoot.SequenceEqual(oldHash) && newRoot.SequenceEqual(newHash);
    }

    internal static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        if (left.Length != HashLength) throw new ArgumentException("A hash is 32 bytes.", nameof(left));
        if (right.Length != HashLength) throw new ArgumentException("A hash is 32 bytes.", nameof(right));
        Span<byte> input = stackalloc byte[1 + 2 * HashLength];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashLength)..]);
        SHA256.HashData(input, hash);
    }

    // The leaves left of where a tree divides: the largest power of two below their number.
    internal static long LeftOf(long leaves) => 1L << BitOperations.Log2((ulong)(leaves - 1));

    // Whether the neighbour stands left. A last node without one stands in for its parents until there is a neighbour, which is then left.
    private static bool IsRight(ref long node, ref long last)
    {
        if ((node & 1) == 0 && node != last) return false;
        while (node != 0 && (node & 1) == 0) (node, last) = (node >> 1, last >> 1);
        return true;
    }

    private static void RootOf(ReadOnlySpan<byte> hashes, Span<byte> root)
    {
        var leaves = hashes.Length / HashLength;
        if (leaves == 1)
        {
            hashes.CopyTo(root);
            return;
        }

        var middle = (int)LeftOf(leaves) * HashLength;
        Span<byte> below = stackalloc byte[2 * HashLength];
        RootOf(hashes[..middle], below[..HashLength]);
        RootOf(hashes[middle..], below[HashLength..]);
        HashNode(below[..HashLength], below[HashLength..], root);
    }

    private static void CheckSize(long size)
    {
        if (size < 0) throw Refusal.Malformed("a tree has no negative size");
    }
}
