using System.Globalization;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>Makes log entries [DID-WebVH §Create (Register)] [DID-WebVH §Update (Rotate)]. Each is read back by <see cref="WebVhLog"/> before it is handed out, so that none is published that a resolver refuses.</summary>
public static class WebVhWriter
{
    /// <summary>Makes a DID: its first entry.</summary>
    /// <param name="document">The DID document, with <see cref="WebVhLog.Placeholder"/> wherever the SCID will stand: its id is <c>did:webvh:{SCID}:HOST</c>.</param>
    /// <param name="set">The parameters; the method and the SCID are set here.</param>
    /// <param name="key">One of the keys in <see cref="LogParameters.UpdateKeys"/>, Ed25519.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Refusal">As <see cref="WebVhLog.Read"/> does: the document or the parameters break a rule.</exception>
    public static async Task<WrittenEntry> CreateAsync(JsonObject document, LogParameters set, SigningKey key, DateTimeOffset now, CancellationToken cancellation = default)
    {
        // 4: the preliminary entry; 5.1, 5.2: its hash, in place of the placeholder everywhere.
        var preliminary = Preliminary(WebVhLog.Placeholder, now, set with { Method = LogParameters.Version, Scid = WebVhLog.Placeholder }, document);
        var scid = WebVhLog.HashOf(preliminary);
        var entry = JsonNode.Parse(System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(preliminary)).Replace(WebVhLog.Placeholder, scid, StringComparison.Ordinal))!.AsObject();

        // 5.3 to 5.6: the hash of that, and the proof.
        var line = await SealAsync(entry, scid, 1, key, now, cancellation);
        return new(line, WebVhLog.Of(System.Text.Encoding.UTF8.GetBytes(line), now));
    }

    /// <summary>Makes the next entry.</summary>
    /// <param name="log">The log so far.</param>
    /// <param name="document">The document from now on.</param>
    /// <param name="set">The parameters that change; with pre-rotation, <see cref="LogParameters.UpdateKeys"/> and <see cref="LogParameters.NextKeyHashes"/> always.</param>
    /// <param name="key">A key that may sign: with pre-rotation one of the new ones, without it one of those before.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Refusal">As <see cref="WebVhLog.With"/> does.</exception>
    public static async Task<WrittenEntry> UpdateAsync(WebVhLog log, JsonObject document, LogParameters set, SigningKey key, DateTimeOffset now, CancellationToken cancellation = default)
    {
        // Times are whole seconds and later ones are later: what follows within the second is dated into the next.
        var time = now > log.Last.Time.AddSeconds(1) ? now : log.Last.Time.AddSeconds(1);
        var entry = Preliminary(log.Last.VersionId, time, set, document);
        var line = await SealAsync(entry, log.Last.VersionId, log.Last.Number + 1, key, now, cancellation);
        return new(line, log.With(System.Text.Encoding.UTF8.GetBytes(line), now));
    }

    /// <summary>Ends the DID [DID-WebVH §Deactivate (Revoke)]: one entry, or two where pre-rotation has to end first.</summary>
    /// <param name="log">The log so far.</param>
    /// <param name="key">A key that may sign the next entry.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Refusal">As <see cref="WebVhLog.With"/> does.</exception>
    public static async Task<IReadOnlyList<WrittenEntry>> DeactivateAsync(WebVhLog log, SigningKey key, DateTimeOffset now, CancellationToken cancellation = default)
    {
        var written = new List<WrittenEntry>();
        if (log.Last.Active.IsPreRotating)
        {
            var plain = new LogParameters { UpdateKeys = [Multikey.Of(key.PublicKey)], NextKeyHashes = [] };
            written.Add(await UpdateAsync(log, log.Last.Document, plain, key, now, cancellation));
            log = written[0].Log;
        }

        written.Add(await UpdateAsync(log, log.Last.Document, new() { UpdateKeys = [], Deactivated = true }, key, now, cancellation));
        return written;
    }

    private static JsonObject Preliminary(string versionId, DateTimeOffset time, LogParameters set, JsonObject document) => new()
    {
        ["versionId"] = versionId,
        ["versionTime"] = DateTimeStamp.Write(time),
        ["parameters"] = set.ToJson(),
        ["state"] = document.DeepClone(),
    };

    private static async Task<string> SealAsync(JsonObject entry, string predecessor, int number, SigningKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        entry["versionId"] = predecessor;
        entry["versionId"] = string.Create(CultureInfo.InvariantCulture, $"{number}-{WebVhLog.HashOf(entry)}");
        return StrictJson.WriteText(await LogProof.SignAsync(entry, key, now, cancellation));
    }
}
