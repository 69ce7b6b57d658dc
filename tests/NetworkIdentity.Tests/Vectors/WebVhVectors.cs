using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>The test suite of did:webvh 1.0: 13 scenarios that five implementations wrote, and 16 that no resolver may take.</summary>
public sealed partial class WebVhVectors
{
    private const string Folder = "didwebvh/vectors";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    // Their second entry replaces the witnesses and is approved by the new ones alone. The specification has the old ones approve of it, and python's result of the same
    // scenario says so.
    private static readonly string[] AgainstTheText = ["witness-update/java", "witness-update/ts"];

    [GeneratedRegex("""^  *did: "(?<did>.*)"$""", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex DidLine();

    [Fact]
    public void Every_log_of_the_suite_resolves_to_its_documents()
    {
        var (resolved, ended, refused, against) = (0, 0, 0, 0);
        foreach (var result in Results("*").Where(path => !path.Contains("negative-", StringComparison.Ordinal)))
        {
            var name = Path.GetRelativePath(VectorFiles.Path(Folder), Path.GetDirectoryName(result)!);
            var expected = JsonNode.Parse(VectorFiles.Text(result))!;
            var ours = Resolve(Path.GetDirectoryName(result)!, Number(result));
            if (AgainstTheText.Contains(name))
            {
                Assert.Equal(("invalidDid", "an entry was not approved by enough of its witnesses"), (ours.Error?.Code, ours.Error?.Description));
                against++;
            }
            else if (expected["didDocument"] is null)
            {
                Assert.Equal(expected["didResolutionMetadata"]!["error"]?.GetValue<string>() ?? "invalidDid", ours.Error?.Code);
                refused++;
            }
            else if (name.StartsWith("deactivate/", StringComparison.Ordinal))
            {
                // The results have the document, which the specification says no resolver may return.
                Assert.Null(ours.Error);
                Assert.Null(ours.Document);
                Same(expected, ours, result);
                ended++;
            }
            else
            {
                Assert.Null(ours.Error);
                Same(expected, ours, result);
                if (!IsOfTheWrongVersion(result)) Assert.Equal((result, Text(expected["didDocument"]!)), (result, Text(ours.Document!)));
                resolved++;
            }
        }

        Assert.Equal((65, 5, 2, 2), (resolved, ended, refused, against));
        VectorFiles.Passed(resolved + ended + refused + against);
    }

    [Fact]
    public void Every_log_of_the_suite_that_no_resolver_may_take_is_refused_with_its_error()
    {
        var logs = 0;
        var dids = 0;
        foreach (var result in Results("negative-*"))
        {
            var expected = JsonNode.Parse(VectorFiles.Text(result))!["didResolutionMetadata"]!["error"]!.GetValue<string>();
            var folder = Path.GetDirectoryName(result)!;
            if (Lines(folder).Length > 0)
            {
                Assert.Equal((result, expected), (result, Resolve(folder, null).ToOlderJson()["didResolutionMetadata"]!["error"]!.GetValue<string>()));
                logs++;
                continue;
            }

            foreach (Match match in DidLine().Matches(VectorFiles.Text(Path.Combine(folder, "..", "script.yaml"))))
            {
                // As it stands, where it has a fragment, and with an SCID that can be one, so that it is not refused for that.
                var did = match.Groups["did"].Value;
                foreach (var tried in (IEnumerable<string>)[did, did.Replace("Qm0000000000000000000000000000000000000000000000", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", StringComparison.Ordinal)])
                    Assert.Equal((tried, expected), (tried, DidWebVh.Resolve(tried, default, null, Now, DidResolutionOptions.None).Error?.Code));
                dids++;
            }
        }

        Assert.Equal((11, 9), (logs, dids));
        VectorFiles.Passed(logs + dids);
    }

    [Fact]
    public void Every_hash_of_the_suite_is_recomputed()
    {
        var entries = 0;
        foreach (var folder in Results("*").Where(path => !path.Contains("negative-", StringComparison.Ordinal)).Select(path => Path.GetDirectoryName(path)!).Distinct())
        {
            var before = "";
            foreach (var line in Lines(folder))
            {
                var entry = LogEntry.Parse(System.Text.Encoding.UTF8.GetBytes(line));
                Assert.Equal(entry.Hash, WebVhLog.HashOf(entry.Preliminary(before.Length > 0 ? before : entry.Parameters.Scid!)));
                before = entry.VersionId;
                entries++;
            }
        }

        Assert.Equal(118, entries);
        VectorFiles.Passed(entries);
    }

    private static string[] Lines(string folder) => VectorFiles.Text(Path.Combine(folder, "did.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static DidResolutionResult Resolve(string folder, int? number)
    {
        var log = VectorFiles.Bytes(Path.Combine(folder, "did.jsonl"));
        var last = Lines(folder).Last();
        var witness = Path.Combine(folder, "did-witness.json");
        var did = JsonNode.Parse(last)!["state"]!["id"]!.GetValue<string>();
        return DidWebVh.Resolve(did, log, File.Exists(witness) ? VectorFiles.Bytes(witness) : null, Now, new(VersionNumber: number));
    }

    private static void Same(JsonNode expected, DidResolutionResult ours, string file)
    {
        var theirs = expected["didDocumentMetadata"]!;
        var metadata = ours.DocumentMetadata.ToJson();
        foreach (var member in (IEnumerable<string>)["created", "updated", "versionId", "versionTime", "scid", "portable", "deactivated"])
        {
            if (theirs[member] is null || (IsOfTheWrongVersion(file) && member is "updated" or "versionId" or "versionTime")) continue;

            // Rust has what did:webvh says of "updated", the time of the last entry; the others have what DID Resolution says.
            if (member == "updated" && Number(file) is not null && file.Contains("/rust/", StringComparison.Ordinal)) continue;
            Assert.Equal((file, member, theirs[member]!.ToJsonString()), (file, member, metadata[member]?.ToJsonString()));
        }
    }

    // The services that are implied, which all five add to the document, are spelled in three ways: by a relative or an absolute name, with a slash at the end or without.
    private static string Text(JsonNode document)
    {
        var json = document.DeepClone().AsObject();
        foreach (var service in json["service"]!.AsArray())
        {
            service!["id"] = DidUrl.Absolute(Did.Parse(json["id"]!.GetValue<string>()), service["id"]!.GetValue<string>());
            if (service["serviceEndpoint"] is JsonValue endpoint) service["serviceEndpoint"] = endpoint.GetValue<string>().TrimEnd('/');
        }

        json["service"] = new JsonArray([.. json["service"]!.AsArray().OrderBy(service => service!["id"]!.GetValue<string>(), StringComparer.Ordinal).Select(service => service!.DeepClone())]);
        return System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(json));
    }

    // Python's results of versions 1 and 2 are both of version 3.
    private static bool IsOfTheWrongVersion(string file) => file.Contains("multi-update/python/resolutionResult.", StringComparison.Ordinal) && Number(file) is not null;

    private static int? Number(string file) => Path.GetFileName(file).Split('.') is [_, var number, _] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static IEnumerable<string> Results(string scenarios) =>
        Directory.EnumerateDirectories(VectorFiles.Path(Folder), scenarios).SelectMany(scenario => Directory.EnumerateFiles(scenario, "resolutionResult*.json", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);
}
