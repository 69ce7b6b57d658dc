using System.Runtime.InteropServices;

namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>A tile and its hashes, to be kept: one row per level and index, that grows to the right.</summary>
/// <param name="Tile">Where it stands, and its width now.</param>
/// <param name="Hashes">All its hashes, one behind the other.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TileRow(Tile Tile, ReadOnlyMemory<byte> Hashes);
