using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Standards.TransparencyLog;

public sealed class TileTests
{
    [Theory]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/0/000.p/1", 0, 0, 1)]
    [InlineData("tile/1/999.p/255", 1, 999, 255)]
    [InlineData("tile/0/x001/000", 0, 1000, 256)]
    [InlineData("tile/0/x001/x234/067", 0, 1234067, 256)]
    [InlineData("tile/63/x001/x234/067.p/17", 63, 1234067, 17)]
    [InlineData("tile/0/x036/x028/x797/x018/x963/967", 0, long.MaxValue / 256, 256)]
    public void A_path_is_read_as_it_is_written(string path, int level, long index, int width)
    {
        var tile = new Tile(level, index, width);
        Assert.Equal(path, tile.Path);
        Assert.True(Tile.TryParse(path, out var read));
        Assert.Equal(tile, read);

        if (level != 0) return;
        var bundle = path.Replace("tile/0/", "tile/entries/", StringComparison.Ordinal);
        Assert.Equal(bundle, EntryBundle.PathOf(tile));
        Assert.True(EntryBundle.TryParsePath(bundle, out read));
        Assert.Equal(tile, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/1234")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/xx001/002")]
    [InlineData("tile/0/x01/002")]
    [InlineData("tile/0/x036/x028/x797/x018/x963/968")]
    [InlineData("tile/0/x072/x057/x594/x037/x927/936")]
    [InlineData("tile/0/X001/002")]
    [InlineData("tile/0/x0x01/002")]
    [InlineData("tile/0/x001/x002")]
    [InlineData("tile/0/-01")]
    [InlineData("tile/0/+01")]
    [InlineData("tile/0/ 01")]
    [InlineData("tile/0/٠٠١")]
    [InlineData("tile/00/000")]
    [InlineData("tile/+0/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile//000")]
    [InlineData("tile/0/")]
    [InlineData("tile/0")]
    [InlineData("Tile/0/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.P/1")]
    [InlineData("tile/0/000.p/1.p/1")]
    [InlineData("tile/0/000.p/1/2")]
    [InlineData("tile/0/x001.p/1/000")]
    [InlineData("tile/0/../0/000")]
    [InlineData("tile/0/000?")]
    [InlineData("tile/0/x009/x223/x372/x036/x854/x775/808")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    public void Another_spelling_is_no_path(string path)
    {
        Assert.False(Tile.TryParse(path, out _));
        Assert.False(EntryBundle.TryParsePath(path.Replace("tile/0/", "tile/entries/", StringComparison.Ordinal), out _));
    }

    [Fact]
    public void A_tile_is_no_bundle_and_a_bundle_no_tile()
    {
        Assert.False(Tile.TryParse("tile/entries/000", out _));
        Assert.False(EntryBundle.TryParsePath("tile/0/000", out _));
    }

    [Fact]
    public void The_tiles_of_a_tree_are_those_of_the_specifications_example()
    {
        // [C2SP-Tiles §Partial Tiles]
        var tiles = Tile.Of(70_000).ToList();
        Assert.Equal(273, tiles.Count(tile => tile is { Level: 0, Width: 256 }));
        Assert.Equal(
            [new(0, 273, 112), new(1, 0, 256), new(1, 1, 17), new(2, 0, 1)],
            tiles.Where(tile => tile is { Level: > 0 } or { Width: < 256 }));
        Assert.Equal([new(0, 0, 256), new(1, 0, 1)], Tile.Of(256));
        Assert.Empty(Tile.Of(0));
        Assert.Equal([new(0, 0, 1)], Tile.Of(1));
    }

    [Fact]
    public void The_tiles_that_change_are_those_that_differ()
    {
        int[] sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 66000];
        foreach (var before in sizes)
        {
            foreach (var after in sizes.Where(after => after >= before))
            {
                var had = Tile.Of(before).ToHashSet();
                Assert.Equal(Tile.Of(after).Where(tile => !had.Contains(tile)), Tile.Changed(before, after));
            }
        }
    }

    [Fact]
    public void A_tree_has_no_other_tiles_than_its_own()
    {
        foreach (var size in new[] { 0, 1, 255, 256, 257, 65536, 66000 })
        {
            var own = Tile.Of(size).ToDictionary(tile => (tile.Level, tile.Index));
            for (var level = 0; level < 4; level++)
                for (var index = -1; index < 300; index++)
                    Assert.Equal(own.TryGetValue((level, index), out var tile) ? tile : null, Tile.At(level, index, size));
        }

        Assert.Null(Tile.At(0, long.MaxValue, 5));
        Assert.Null(Tile.At(63, 0, long.MaxValue));
        Assert.Equal(new Tile(7, 0, 127), Tile.At(7, 0, long.MaxValue));
    }

    [Fact]
    public void A_bundle_is_read_as_it_is_written()
    {
        byte[][] entries = [[], [1], new byte[EntryBundle.MaxEntryLength], [2, 3]];
        var bundle = EntryBundle.Encode(entries);
        Assert.Equal([0, 0, 0, 1, 1, 0xFF, 0xFF], bundle[..7]);
        Assert.Equal(entries, EntryBundle.Decode(bundle, 4));
        Assert.Throws<ArgumentException>(() => EntryBundle.Encode([new byte[EntryBundle.MaxEntryLength + 1]]));
    }

    [Fact]
    public void A_bundle_of_another_number_or_length_is_refused()
    {
        var bundle = EntryBundle.Encode([[1, 2, 3], [], [4]]);
        foreach (var width in new[] { 0, 1, 2, 4 }) Assert.Throws<Refusal>(() => EntryBundle.Decode(bundle, width));
        for (var length = 0; length < bundle.Length; length++) Assert.Throws<Refusal>(() => EntryBundle.Decode(bundle.AsSpan(0, length), 3));
        Assert.Throws<Refusal>(() => EntryBundle.Decode([.. bundle, 0], 3));
    }
}
