using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>Builds, compresses, signs and decodes Bitstring Status Lists with this project's code, in a process of its own that speaks as peers/status-lists.mjs does.</summary>
internal static class StatusWork
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Verb = "status-work";

    public static async Task ServeAsync()
    {
        var operations = new Dictionary<string, Func<ValueTask<string>>>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var order = (JsonObject)JsonNode.Parse(line)!;
            if (order["prepare"] is JsonObject material)
            {
                operations = Prepare(material);
                Console.WriteLine(new JsonObject
                {
                    ["published"] = await operations["publish"](),
                    ["digest"] = material["encodedList"] is { } list ? Digest(Decode(list.GetValue<string>())) : null,
                }.ToJsonString());
                continue;
            }

            var operation = operations[order["operation"]!.GetValue<string>()];
            var length = TimeSpan.FromMilliseconds(order["milliseconds"]!.GetValue<int>());
            var count = 0;
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < length; count++) await operation();
            Console.WriteLine(new JsonObject { ["count"] = count }.ToJsonString());
        }
    }

    /// <summary>What both sides are given: the same key, and one status of a hundred set at random.</summary>
    public static async Task<JsonObject> MakeAsync(int size)
    {
        var material = await CredentialMaterial.MakeAsync();
        return new JsonObject
        {
            ["issuerKey"] = material["issuerKey"]!.DeepClone(),
            ["url"] = "https://nation.example/bitstring/1",
            ["size"] = size,
            ["revoked"] = new JsonArray([.. Enumerable.Range(0, size / 100).Select(_ => (JsonNode)RandomNumberGenerator.GetInt32(size))]),
        };
    }

    /// <summary>The list in a credential that was published.</summary>
    public static string EncodedList(string published) =>
        Jws.Parse(published).Claims().RequiredObject("credentialSubject").RequiredString("encodedList");

    /// <summary>What must come out of decoding: the packed statuses.</summary>
    public static string Digest(JsonObject material) => Digest(Build(material["size"]!.GetValue<int>(), Revoked(material)));

    private static Dictionary<string, Func<ValueTask<string>>> Prepare(JsonObject material)
    {
        var issuer = SigningKey.FromEcdsa(CredentialMaterial.PrivateKey((JsonObject)material["issuerKey"]!));
        var (url, size, revoked) = (material["url"]!.GetValue<string>(), material["size"]!.GetValue<int>(), Revoked(material));
        var encodedList = material["encodedList"]?.GetValue<string>() ?? "";
        return new()
        {
            ["publish"] = () =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var content = BitstringStatusListCredential.Content(
                    url, "https://nation.example", [StatusPurpose.Revocation], Build(size, revoked), now, now.AddDays(1));
                return Jws.SignAsync("vc+jwt", content, issuer);
            },
            ["decode"] = () =>
            {
                Decode(encodedList);
                return ValueTask.FromResult("");
            },
        };
    }

    private static int[] Revoked(JsonObject material) => [.. material["revoked"]!.AsArray().Select(index => index!.GetValue<int>())];

    private static StatusList Build(int size, int[] revoked) =>
        StatusList.Of(1, size, revoked.Select(index => ((long)index, TokenStatus.Invalid)), StatusListFormat.Bitstring);

    private static StatusList Decode(string encodedList) => StatusList.Decode(encodedList, 1, StatusList.MaxBytes, StatusListFormat.Bitstring);

    private static string Digest(StatusList list) => Base64Url.Encode(SHA256.HashData(list.Bytes.Span));
}
