using System.Buffers.Binary;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>The entries below a tile of level 0, as they are served: before each its length in two bytes [C2SP-Tiles §Log entries].</summary>
public static class EntryBundle
{
    /// <summary>The longest entry, in bytes.</summary>
    public const int MaxEntryLength = ushort.MaxValue;

    private const string Prefix = "tile/entries/";

    /// <summary>Where the bundle of a tile of level 0 is served, under the log's prefix.</summary>
    public static string PathOf(Tile tile) => Prefix + tile.IndexPath;

    /// <summary>Reads a path as <see cref="PathOf"/> spells it, into the tile of level 0; false for every other spelling.</summary>
    public static bool TryParsePath(string path, out Tile tile)
    {
        if (path.StartsWith(Prefix, StringComparison.Ordinal) && Tile.TryParseIndex(path[Prefix.Length..], 0, out tile) && PathOf(tile) == path) return true;
        tile = default;
        return false;
    }

    /// <summary>Writes a bundle.</summary>
    /// <exception cref="ArgumentException">An entry is too long.</exception>
    public static byte[] Encode(IReadOnlyList<byte[]> entries)
    {
        var bundle = new byte[entries.Sum(entry => 2 + entry.Length)];
        var rest = bundle.AsSpan();
        foreach (var entry in entries)
        {
            if (entry.Length > MaxEntryLength) throw new ArgumentException("An entry is at most 65535 bytes.", nameof(entries));
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)entry.Length);
            entry.CopyTo(rest[2..]);
            rest = rest[(2 + entry.Length)..];
        }

        return bundle;
    }

    /// <summary>Reads a bundle of so many entries.</summary>
    /// <exception cref="Refusal">Malformed: there are more or fewer, or the last is cut short.</exception>
    public static IReadOnlyList<byte[]> Decode(ReadOnlySpan<byte> bundle, int width)
    {
        var entries = new List<byte[]>();
        while (entries.Count < width)
        {
            if (bundle.Length < 2) throw CutShort();
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle);
            if (bundle.Length < 2 + length) throw CutShort();
            entries.Add(bundle.Slice(2, length).ToArray());
            bundle = bundle[(2 + length)..];
        }

        return bundle.IsEmpty ? entries : throw Refusal.Malformed("the entry bundle has more entries than its tile");
    }

    private static Refusal CutShort() => Refusal.Malformed("the entry bundle is cut short");
}
