using System.Globalization;
using System.Runtime.InteropServices;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>Where a tile stands in the tree: up to 256 neighbouring hashes of one level [C2SP-Tiles §Merkle Tree].</summary>
/// <param name="Level">0 for hashes of leaves; a hash of a higher level is the root of a full tile of the level below.</param>
/// <param name="Index">Which tile of its level, from 0.</param>
/// <param name="Width">How many hashes: 256 for a full tile, 1 to 255 for a partial one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>How many hashes a full tile has.</summary>
    public const int FullWidth = 256;

    /// <summary>The media type tiles and entry bundles are served as.</summary>
    public const string MediaType = "application/octet-stream";

    // A tree of 2^63 - 1 leaves has hashes on levels 0 to 7.
    internal const int Levels = 8;
    private const int MaxLevel = 63;

    /// <summary>Where it is served, under the log's prefix: <c>tile/0/x001/x234/067</c>, a partial one with <c>.p/5</c> behind.</summary>
    public string Path => $"tile/{Level}/{IndexPath}";

    internal string IndexPath
    {
        get
        {
            var path = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
            for (var rest = Index / 1000; rest > 0; rest /= 1000) path = $"x{rest % 1000:000}/{path}";
            return Width == FullWidth ? path : $"{path}.p/{Width}";
        }
    }

    /// <summary>The number of bytes of its hashes.</summary>
    public int Length => Width * MerkleTree.HashLength;

    /// <summary>Reads a path as <see cref="Path"/> spells it; false for every other spelling.</summary>
    public static bool TryParse(string path, out Tile tile)
    {
        tile = default;
        var parts = path.Split('/', 3);
        if (parts.Length != 3 || parts[0] != "tile") return false;
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var level) || level > MaxLevel) return false;
        if (!TryParseIndex(parts[2], level, out var read) || read.Path != path) return false;
        tile = read;
        return true;
    }

    /// <summary>The widest form of the tile in a tree; null where the tree has none there.</summary>
    /// <param name="level">The level.</param>
    /// <param name="index">The index in the level.</param>
    /// <param name="size">The number of leaves.</param>
    public static Tile? At(int level, long index, long size)
    {
        var hashes = HashesOn(level, size);
        if (index < 0 || index > hashes / FullWidth) return null;
        var width = Math.Min(FullWidth, hashes - index * FullWidth);
        return width == 0 ? null : new(level, index, (int)width);
    }

    /// <summary>All the tiles of a tree, from the leaves upwards; none for an empty tree.</summary>
    /// <param name="size">The number of leaves.</param>
    public static IEnumerable<Tile> Of(long size) => Changed(0, size);

    /// <summary>The tiles that are new or wider when a tree grows, from the leaves upwards, with the widths that they have then.</summary>
    /// <param name="oldSize">The number of leaves before.</param>
    /// <param name="newSize">The number of leaves after.</param>
    public static IEnumerable<Tile> Changed(long oldSize, long newSize)
    {
        for (var level = 0; level < Levels; level++)
        {
            var (before, after) = (HashesOn(level, oldSize), HashesOn(level, newSize));
            for (var first = before / FullWidth; before < after && first * FullWidth < after; first++)
                yield return new(level, first, (int)Math.Min(FullWidth, after - first * FullWidth));
        }
    }

    /// <summary>The tile's hashes: as many of the row's first as it is wide.</summary>
    /// <exception cref="Refusal">Malformed: the row has fewer.</exception>
    public ReadOnlyMemory<byte> HashesOf(ReadOnlyMemory<byte> row)
    {
        if (row.Length < Length) throw Refusal.Malformed($"{Path} has fewer hashes than the tree needs of it");
        return row[..Length];
    }

    internal static bool TryParseIndex(string path, int level, out Tile tile)
    {
        tile = default;
        var width = FullWidth;
        if (path.IndexOf(".p/", StringComparison.Ordinal) is >= 0 and var partial)
        {
            if (!int.TryParse(path[(partial + 3)..], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= FullWidth) return false;
            path = path[..partial];
        }

        // Only digits are read here; that they stand in threes behind an x is held against the one spelling by the caller.
        if (!long.TryParse(path.Replace("/", "", StringComparison.Ordinal).Replace("x", "", StringComparison.Ordinal),
            NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;

        // Behind this no tree has a leaf, and the number of one would not be a number any more.
        if (index > long.MaxValue / FullWidth) return false;
        tile = new(level, index, width);
        return true;
    }

    internal static long HashesOn(int level, long size) => level < Levels ? size >> (8 * level) : 0;
}
