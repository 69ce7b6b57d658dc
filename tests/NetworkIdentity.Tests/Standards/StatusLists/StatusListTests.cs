using System.IO.Compression;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards.StatusLists;

public sealed class StatusListTests
{
    private const int Least = StatusList.MinBitstringSize;

    private static string Gzipped(int length, CompressionLevel level = CompressionLevel.SmallestSize, byte seed = 0) => Encoded(Gzip(length, level, seed));

    private static string Encoded(byte[] gzip) => $"u{Base64Url.Encode(gzip)}";

    private static byte[] Gzip(int length, CompressionLevel level = CompressionLevel.SmallestSize, byte seed = 0)
    {
        using var into = new MemoryStream();
        using (var gzip = new GZipStream(into, level))
        {
            var noise = seed;
            for (var left = length; left > 0; left -= 65536)
            {
                var chunk = new byte[Math.Min(left, 65536)];
                if (seed > 0)
                    for (var i = 0; i < chunk.Length; i++) chunk[i] = noise = (byte)(noise * 141 + 27 + (i >> 8));
                gzip.Write(chunk);
            }
        }

        return into.ToArray();
    }

    private static StatusList Bitstring(string text, int maxBytes = 1 << 20) => StatusList.Decode(text, 1, maxBytes, StatusListFormat.Bitstring);

    [Fact]
    public void The_first_status_of_a_bitstring_is_the_leftmost_bit_and_of_a_token_list_the_rightmost()
    {
        foreach (var (bits, first, second) in new[] { (1, 0x80, 0x40), (2, 0x40, 0x10), (4, 0x10, 0x01), (8, 0x01, 0x00) })
        {
            var list = new StatusList(bits, Least, StatusListFormat.Bitstring);
            list.Set(0, TokenStatus.Invalid);
            Assert.Equal(first, list.Bytes.Span[0]);
            list.Set(1, TokenStatus.Invalid);
            Assert.Equal(first | second, list.Bytes.Span[0]);
            var token = new StatusList(bits, 8);
            token.Set(0, TokenStatus.Invalid);
            Assert.Equal(1, token.Bytes.Span[0]);
        }
    }

    [Theory]
    [InlineData(1, StatusListFormat.Bitstring)]
    [InlineData(2, StatusListFormat.Bitstring)]
    [InlineData(4, StatusListFormat.Bitstring)]
    [InlineData(8, StatusListFormat.Bitstring)]
    [InlineData(1, StatusListFormat.Token)]
    [InlineData(2, StatusListFormat.Token)]
    [InlineData(4, StatusListFormat.Token)]
    [InlineData(8, StatusListFormat.Token)]
    public void A_list_of_some_statuses_holds_them_and_no_others(int bits, StatusListFormat format)
    {
        var set = Enumerable.Range(0, 2000).ToDictionary(i => i * 7919L % Least, i => (TokenStatus)(i % (1 << bits)));
        var list = StatusList.Of(bits, Least, set.Select(pair => (pair.Key, pair.Value)), format);
        var read = StatusList.Decode(list.Encode(), bits, Least, format);
        Assert.Equal((Least, bits, format), (read.Size, read.Bits, read.Format));
        for (var i = 0; i < Least; i++) Assert.Equal(set.GetValueOrDefault(i), read.Get(i));
    }

    [Fact]
    public void A_list_is_compressed_to_little_more_than_the_least_and_in_a_form_that_any_reader_has()
    {
        var random = 88172645463325252UL;
        var list = new StatusList(1, 1 << 20);
        for (var i = 0; i < (1 << 20) / 100; i++)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            list.Set((long)(random % (1 << 20)), TokenStatus.Invalid);
        }

        var zlib = Base64Url.Decode(list.Encode());
        using var usual = new MemoryStream();
        using (var stream = new ZLibStream(usual, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(list.Bytes.Span);
        Assert.InRange(zlib.Length, 1, usual.Length);
        using var read = new MemoryStream();
        using (var stream = new ZLibStream(new MemoryStream(zlib), CompressionMode.Decompress)) stream.CopyTo(read);
        Assert.Equal(list.Bytes.ToArray(), read.ToArray());
    }

    [Fact]
    public void A_list_of_sixteen_million_statuses_of_two_bits_is_read_by_default()
    {
        var list = new StatusList(2, 16_777_216);
        Assert.Equal(StatusList.MaxBytes, list.Bytes.Length);
        list.Set(16_777_215, TokenStatus.Suspended);
        Assert.Equal(TokenStatus.Suspended, StatusList.Decode(list.Encode(), 2, StatusList.MaxBytes).Get(16_777_215));
    }

    [Fact]
    public void A_bitstring_that_hides_nobody_is_not_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StatusList(1, Least - 1, StatusListFormat.Bitstring));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StatusList(8, StatusListReference.MaxIndex + 1));
    }

    [Fact]
    public void A84_a_gzip_bomb_is_refused_before_it_fills_memory()
    {
        const string Words = "the status list inflates to more than is allowed";
        var bomb = Gzip(64 * 1024 * 1024);
        Assert.InRange(bomb.Length, 1, 80_000);
        Assert.Equal(Words, WordsOf(() => Bitstring(Encoded(bomb), StatusList.MaxBytes)));

        // The same, and its length a lie.
        bomb[^4] = bomb[^3] = bomb[^2] = bomb[^1] = 1;
        Assert.Equal(Words, WordsOf(() => Bitstring(Encoded(bomb), StatusList.MaxBytes)));
        (bomb[^4], bomb[^3], bomb[^2], bomb[^1]) = (0, 64, 0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEmpty(WordsOf(() => Bitstring(Encoded(bomb), StatusList.MaxBytes)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);

        Assert.Equal(StatusList.MaxBytes * 8L, Bitstring(Gzipped(StatusList.MaxBytes), StatusList.MaxBytes).Size);
        Assert.Equal(Words, WordsOf(() => Bitstring(Gzipped(StatusList.MaxBytes + 1), StatusList.MaxBytes)));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void A84_any_GZIP_is_read_and_any_trailing_or_missing_byte_refused(CompressionLevel level)
    {
        var gzip = Gzip(3000, level, seed: 1);
        Assert.Equal(24000, Bitstring(Encoded(gzip)).Size);
        foreach (var tail in new[] { 1, 4, 8, 15, 16, 17, 40, 9000 })
        {
            Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, .. new byte[tail - 1], 1]))));
            Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, .. new byte[tail], .. gzip[^4..]]))));
        }

        // Another member, and the end of one whose length is the first's; and the length of both.
        Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, .. gzip]))));
        Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, .. Gzip(1)]))));
        Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, 0x1F, 0x8B, 8, 0, .. gzip[^4..]]))));
        for (var length = 0; length < gzip.Length; length += length < 40 || length > gzip.Length - 40 ? 1 : 13)
        {
            Assert.NotEmpty(WordsOf(() => Bitstring(Encoded(gzip[..length]))));
            if (length != gzip.Length - 4) Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip[..length], .. gzip[^4..]]))));
        }
    }

    [Fact]
    public void A_list_ends_where_it_ends_wherever_the_inflater_reads_its_next_piece()
    {
        // The framework inflates 8 KiB at a time: lists whose compressed end lies about there.
        for (var length = 8150; length < 8200; length++)
        {
            var gzip = Gzip(length, CompressionLevel.NoCompression, seed: 1);
            Assert.InRange(gzip.Length, 8150, 8240);
            Assert.Equal(length * 8L, Bitstring(Encoded(gzip)).Size);
            Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip, .. gzip[^4..]]))));
            Assert.NotEmpty(WordsOf(() => Bitstring(Encoded([.. gzip[..^5], .. gzip[^4..]]))));
        }
    }

    [Theory]
    [InlineData("H4sIAAAAAAAAA", "encodedList must be multibase's base64url: u and no padding")]
    [InlineData("zH4sIAAAAAAAAA", "encodedList must be multibase's base64url: u and no padding")]
    [InlineData("UH4sIAAAAAAAAA", "encodedList must be multibase's base64url: u and no padding")]
    [InlineData("", "encodedList must be multibase's base64url: u and no padding")]
    [InlineData("u", "the status list is not in GZIP's format")]
    [InlineData("uH4sI", "the status list is not in GZIP's format")]
    [InlineData("uH4sIAAAAAAAAAwMAAAAAAAAAAAA=", "not base64url without padding")]
    [InlineData("ueNrbuRgAAhcBXQ", "the status list is not in GZIP's format")]
    [InlineData("uH4sIAAAAAAAAAwMAAAAAAAAAAAA", "the status list is empty")]
    public void A84_a_text_that_is_no_bitstring_is_refused(string text, string words) => Assert.Equal(words, WordsOf(() => Bitstring(text)));

    [Fact]
    public void Only_a_refusal_leaves_the_inflating_of_mutated_bytes()
    {
        var list = StatusList.Of(1, Least, Enumerable.Range(0, 100).Select(i => (i * 991L, TokenStatus.Invalid)), StatusListFormat.Bitstring);
        Assert.InRange(Mutations.Refused(list.Encode(), text => Bitstring(text, Least / 8)), 1400, 1500);
    }
}
