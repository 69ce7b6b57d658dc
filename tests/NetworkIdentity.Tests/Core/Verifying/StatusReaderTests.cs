using System.IO.Compression;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>A84 at the reader of status lists: whatever is wrong with a list makes a status unknown, which is neither valid nor revoked.</summary>
public sealed class StatusReaderTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    private const string Uri = "https://nation.example/status/1";

    private static readonly Dictionary<string, (Action<JsonObject, JsonObject, long> Change, string Words)> Broken = new()
    {
        ["typ JWT"] = ((header, _, _) => header["typ"] = "JWT", "typ"),
        ["typ absent"] = ((header, _, _) => header.Remove("typ"), "typ"),
        ["alg none"] = ((header, _, _) => header["alg"] = "none", "signature"),
        ["alg HS256"] = ((header, _, _) => header["alg"] = "HS256", "signature"),
        ["crit"] = ((header, _, _) => header["crit"] = new JsonArray("exp"), "critical"),
        ["x5c absent"] = ((header, _, _) => header.Remove("x5c"), "x5c"),
        ["sub another list"] = ((_, claims, _) => claims["sub"] = Uri + "0", "sub"),
        ["sub absent"] = ((_, claims, _) => claims.Remove("sub"), "sub"),
        ["sub an array"] = ((_, claims, _) => claims["sub"] = new JsonArray(Uri), "sub"),
        ["exp past"] = ((_, claims, now) => claims["exp"] = now - 1, "expired"),
        ["exp now"] = ((_, claims, now) => claims["exp"] = now, "expired"),
        ["exp a text"] = ((_, claims, now) => claims["exp"] = $"{now + 60}", "exp"),
        ["iat future"] = ((_, claims, now) => claims["iat"] = now + 86_461, "future"),
        ["iat absent"] = ((_, claims, _) => claims.Remove("iat"), "iat"),
        ["ttl 0"] = ((_, claims, _) => claims["ttl"] = 0, "ttl"),
        ["ttl negative"] = ((_, claims, _) => claims["ttl"] = -60, "ttl"),
        ["ttl a hundred years"] = ((_, claims, _) => claims["ttl"] = 3_153_600_000, "ttl"),
        ["ttl a text"] = ((_, claims, _) => claims["ttl"] = "60", "ttl"),
        ["status_list absent"] = ((_, claims, _) => claims.Remove("status_list"), "status_list"),
        ["bits 3"] = ((_, claims, _) => claims["status_list"]!["bits"] = 3, "bits"),
        ["bits 0"] = ((_, claims, _) => claims["status_list"]!["bits"] = 0, "bits"),
        ["bits 16"] = ((_, claims, _) => claims["status_list"]!["bits"] = 16, "bits"),
        ["bits a text"] = ((_, claims, _) => claims["status_list"]!["bits"] = "2", "bits"),
        ["bits 2^63"] = ((_, claims, _) => claims["status_list"]!["bits"] = 9223372036854775808m, "bits"),
        ["lst absent"] = ((_, claims, _) => ((JsonObject)claims["status_list"]!).Remove("lst"), "lst"),
        ["lst empty"] = ((_, claims, _) => claims["status_list"]!["lst"] = "", "ZLIB"),
        ["lst not base64url"] = ((_, claims, _) => claims["status_list"]!["lst"] = "e+//", "base64url"),
        ["lst not ZLIB"] = ((_, claims, _) => claims["status_list"]!["lst"] = Base64Url.Encode(new byte[100]), "ZLIB"),
        ["lst gzipped"] = ((_, claims, _) => claims["status_list"]!["lst"] = Base64Url.Encode(Gzip(new byte[100])), "ZLIB"),
        ["lst cut short"] = ((_, claims, _) => claims["status_list"]!["lst"] = Base64Url.Encode(Zlib(new byte[1000]).AsSpan()[..^4]), "cut short"),
        ["lst a bomb"] = ((_, claims, _) => claims["status_list"]!["lst"] = Base64Url.Encode(Zlib(new byte[64 << 20])), "inflates"),
    };

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    [Theory]
    [InlineData(0, TokenStatus.Valid)]
    [InlineData(7, TokenStatus.Invalid)]
    [InlineData(9, TokenStatus.Suspended)]
    public async Task A_right_list_says_what_it_says(long index, TokenStatus status) =>
        Assert.Equal((status, null), await Reader(await TokenAsync()).ReadAsync(new StatusListReference(Uri, index), world.Issuer));

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task A84_a_list_with_one_thing_wrong_says_nothing_of_any_status(string name)
    {
        var (change, words) = Broken[name];
        var token = await TokenAsync((header, claims) => change(header, claims, world.Time.GetUtcNow().ToUnixTimeSeconds()));
        foreach (var index in new[] { 0, 7 }) await UnknownAsync(Reader(token), words, index);
    }

    [Fact]
    public async Task A84_a_list_that_the_issuer_did_not_sign_for_status_lists_says_nothing()
    {
        var signers = new (string Name, SigningKey Key, string Words)[]
        {
            ("the nation's key for credentials", Forgery.Own(world.Nation, KeyPurpose.Credential), "not for this purpose"),
            ("the nation's key for requests", Forgery.Own(world.Nation, KeyPurpose.Request), "not for this purpose"),
            ("a leaf for TLS", Forgery.Leaf(world.Nation, KeyPurpose.Tls), "not for this purpose"),
            ("the root", Forgery.Own(world.Nation, KeyPurpose.Root), "not for this purpose"),
            ("a root of the same name", Forgery.Leaf(world.Nation, KeyPurpose.StatusList, rogueRoot: true), "trusted root"),
            ("a leaf of another issuer", Forgery.Leaf(world.Nation, KeyPurpose.StatusList, "https://evil.example"), "does not name the issuer"),
            ("a leaf that has expired", Forgery.Leaf(world.Nation, KeyPurpose.StatusList, life: TimeSpan.FromHours(1)), "trusted root"),
        };
        foreach (var (_, key, words) in signers) await UnknownAsync(Reader(await TokenAsync(signer: key)), words);

        // The nation's certificate, and another's signature or none.
        var right = await TokenAsync();
        await UnknownAsync(Reader(right[..(right.LastIndexOf('.') + 1)]), "signature");
        var header = (JsonObject)Jws.Parse(right).Header.DeepClone();
        await UnknownAsync(Reader(await Jws.SignAsync(Jws.ToBeSigned(header, Jws.Parse(right).Claims()), TestWallet.NewKey())), "signature");
        Assert.Equal(TokenStatus.Valid, (await Reader(await TokenAsync(signer: Forgery.Leaf(world.Nation, KeyPurpose.StatusList)))
            .ReadAsync(new StatusListReference(Uri, 0), world.Issuer)).Status);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task A84_an_index_that_is_not_in_the_list_has_no_status(long index) => await UnknownAsync(Reader(await TokenAsync()), "index", index);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("<html>502 Bad Gateway</html>")]
    [InlineData("{}")]
    [InlineData("..")]
    public async Task A84_no_list_or_something_else_in_its_place_says_nothing(string? token) => await UnknownAsync(Reader(token), "");

    [Fact]
    public async Task A84_a_list_read_before_is_not_believed_beyond_its_end_nor_for_another_issuer()
    {
        await using var later = new VerifierWorld();
        await later.InitializeAsync();
        var token = await TokenAsync(of: later);
        var reader = Reader(() => token, later);
        Assert.Equal(TokenStatus.Invalid, (await reader.ReadAsync(new StatusListReference(Uri, 7), later.Issuer)).Status);
        await UnknownAsync(reader, "not trusted", issuer: "https://evil.example");
        Assert.Equal(TokenStatus.Valid, (await reader.ReadAsync(new StatusListReference(Uri, 0), later.Issuer)).Status);
        later.Time.Move(StatusListPublisher.Lifetime + TimeSpan.FromSeconds(1));
        await UnknownAsync(reader, "expired", issuer: later.Issuer);
    }

    [Fact]
    public async Task A84_a_list_that_changes_is_read_anew()
    {
        var before = await TokenAsync((_, claims) => claims["status_list"]!["lst"] = new StatusList(2, 1000).Encode());
        var token = before;
        var reader = Reader(() => token, world);
        Assert.Equal(TokenStatus.Valid, (await reader.ReadAsync(new StatusListReference(Uri, 7), world.Issuer)).Status);
        token = await TokenAsync();
        Assert.Equal(TokenStatus.Invalid, (await reader.ReadAsync(new StatusListReference(Uri, 7), world.Issuer)).Status);
        token = null;
        await UnknownAsync(reader, "no status list", 7);
    }

    private static byte[] Zlib(byte[] bytes)
    {
        using var into = new MemoryStream();
        using (var zlib = new ZLibStream(into, CompressionLevel.SmallestSize)) zlib.Write(bytes);
        return into.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var into = new MemoryStream();
        using (var gzip = new GZipStream(into, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return into.ToArray();
    }

    private StatusReader Reader(string? token) => Reader(() => token, world);

    private static StatusReader Reader(Func<string?> token, VerifierWorld of) => new(
        of.Issuer, _ => Task.FromResult(token()), new FetchedLists(of.Nation.Fetcher, of.Certificates, of.Time, _ => { }), of.Certificates, of.Time);

    /// <summary>A list in which 7 is revoked and 9 is suspended; header and claims can be changed before it is signed.</summary>
    private async Task<string> TokenAsync(Action<JsonObject, JsonObject>? change = null, SigningKey? signer = null, VerifierWorld? of = null)
    {
        of ??= world;
        signer ??= of.Nation.Keys.Current(KeyPurpose.StatusList);
        var list = new StatusList(2, 1000);
        list.Set(7, TokenStatus.Invalid);
        list.Set(9, TokenStatus.Suspended);
        var now = of.Time.GetUtcNow();
        var header = Jws.HeaderFor(TokenStatusList.Type, signer);
        var claims = TokenStatusList.Claims(Uri, list, now, now + StatusListPublisher.Lifetime, StatusListPublisher.TimeToLive);
        change?.Invoke(header, claims);
        return await Jws.SignAsync(Jws.ToBeSigned(header, claims), signer);
    }

    private async Task UnknownAsync(StatusReader reader, string words, long index = 0, string? issuer = null)
    {
        var (status, unknown) = await reader.ReadAsync(new StatusListReference(Uri, index), issuer ?? world.Issuer);
        Assert.Null(status);
        Assert.Contains(words, unknown!);
    }
}
