using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

/// <summary>The tree as RFC 6962 defines it, word for word and slowly, over leaves "0", "1", "2" and so on.</summary>
internal sealed class NaiveTree
{
    private readonly List<byte[]> _leaves;
    private readonly Dictionary<(int From, int To), byte[]> _made = [];

    public NaiveTree(int size) => _leaves = [.. Enumerable.Range(0, size).Select(i => Hash([0, .. Entry(i)]))];

    public int TilesRead { get; private set; }

    public static byte[] Entry(int index) => Encoding.ASCII.GetBytes($"{index}");

    public byte[] Leaf(int index) => _leaves[index];

    public byte[] Root(int size) => Mth(0, size);

    // [RFC6962 §2.1]
    public byte[] Mth(int from, int to)
    {
        if (from == to) return SHA256.HashData([]);
        if (to - from == 1) return _leaves[from];
        if (_made.TryGetValue((from, to), out var made)) return made;
        var k = Split(to - from);
        return _made[(from, to)] = Hash([1, .. Mth(from, from + k), .. Mth(from + k, to)]);
    }

    // PATH(m, D[n]) [RFC6962 §2.1.1]
    public List<byte[]> Path(int m, int from, int to)
    {
        if (to - from == 1) return [];
        var k = Split(to - from);
        return m < k ? [.. Path(m, from, from + k), Mth(from + k, to)] : [.. Path(m - k, from + k, to), Mth(from, from + k)];
    }

    // SUBPROOF(m, D[n], b) [RFC6962 §2.1.2]
    public List<byte[]> Subproof(int m, int from, int to, bool b)
    {
        if (m == to - from) return b ? [] : [Mth(from, to)];
        var k = Split(to - from);
        return m <= k ? [.. Subproof(m, from, from + k, b), Mth(from + k, to)] : [.. Subproof(m - k, from + k, to, false), Mth(from, from + k)];
    }

    /// <summary>The tile's hashes, as C2SP defines them.</summary>
    public byte[] Tile(Tile tile)
    {
        var leaves = 1 << (8 * tile.Level);
        return [.. Enumerable.Range(0, tile.Width).SelectMany(i => Mth((int)(tile.Index * 256 + i) * leaves, (int)(tile.Index * 256 + i + 1) * leaves))];
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(Tile tile, CancellationToken cancellation)
    {
        TilesRead++;
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(Tile(tile));
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n) k *= 2;
        return k;
    }

    private static byte[] Hash(byte[] input) => SHA256.HashData(input);
}
