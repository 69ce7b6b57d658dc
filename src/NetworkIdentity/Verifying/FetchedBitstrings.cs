using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>The Bitstring Status Lists of other issuers: fetched, checked, and kept by the same rules as <see cref="FetchedLists"/> [BSL §3.2]. Whether an issuer is trusted was decided before.</summary>
/// <param name="fetcher">The way out.</param>
/// <param name="dids">Where the keys are that signed a list.</param>
/// <param name="time">The clock.</param>
/// <param name="alarm">Told, in words without data of a person, that an issuer's list went back in time.</param>
public sealed class FetchedBitstrings(Fetcher fetcher, DidResolver dids, TimeProvider time, Action<string> alarm)
{
    // The token first: it is what every list of a nation's is served as where nothing is asked for.
    private static readonly string[] Types = [CredentialMediaType.VcJwt, VerifiableCredential.MediaType, "application/json", "application/ld+json"];

    private readonly KeptLists<BitstringStatusListCredential> _lists = new(
        (url, etag) => fetcher.FetchAsync(url, Types, Jws.MaxLength, etag),
        async (body, url, issuer) =>
        {
            var (list, signedAt) = await BitstringReader.CheckAsync(new IssuerProofs(dids, time), NodeOf(body), url, issuer, time.GetUtcNow(), HolderChallenge.Skew);
            var issuedAt = signedAt ?? list.ValidFrom ?? throw BitstringRefusal.Verification("the status list does not say when it was signed");
            return new(list, issuedAt, list.ValidUntil, list.Ttl, list.List.Bytes.Length);
        },
        time,
        alarm);

    /// <summary>The list of an issuer at a URL.</summary>
    /// <returns>The list and null; or null and why there is none.</returns>
    public Task<(BitstringStatusListCredential? List, string? Unknown)> FindAsync(string url, string issuer) => _lists.FindAsync(url, issuer);

    /// <summary>A document, or else a token.</summary>
    private static JsonNode NodeOf(ReadOnlyMemory<byte> body)
    {
        var text = body.Span.Trim(" \t\r\n"u8);
        return text.StartsWith("{"u8) ? StrictJson.ParseObject(text) : JsonValue.Create(Encoding.ASCII.GetString(text));
    }
}
