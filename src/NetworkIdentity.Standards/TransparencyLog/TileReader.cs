namespace NetworkIdentity.Standards.TransparencyLog;

/// <summary>Gets a tile's hashes from where they are kept: 32 bytes each, one behind the other.</summary>
/// <remarks>
/// It gives at least as many hashes as the tile is wide. A row that has grown since may be given whole: what stands behind the width is not
/// looked at. Where there are fewer, the one who asked refuses.
/// </remarks>
/// <param name="tile">Which tile.</param>
/// <param name="cancellation">Ends the wait.</param>
public delegate ValueTask<ReadOnlyMemory<byte>> TileReader(Tile tile, CancellationToken cancellation);
