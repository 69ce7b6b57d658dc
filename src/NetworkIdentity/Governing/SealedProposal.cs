using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>The words of a decision as they are kept: sealed under the key of the member whom they are about, or the nation's, with a digest that the public log speaks of.</summary>
internal static class SealedProposal
{
    /// <summary>Seals them, with a salt and all that they belong to.</summary>
    /// <exception cref="Standards.Refusal"><c>unknown_member</c>.</exception>
    public static async Task<(byte[] Content, string Digest)> SealAsync(Database database, KeyRing keys, Proposal proposal, string decisionId, string charterVersion)
    {
        var content = StrictJson.Write(new JsonObject
        {
            ["salt"] = Base64Url.Encode(RandomNumberGenerator.GetBytes(16)),
            ["act"] = proposal.Act,
            ["subject"] = proposal.Subject,
            ["charter"] = charterVersion,
            ["member"] = proposal.MemberId,
            ["node"] = proposal.NodeId,
            ["content"] = proposal.Content.DeepClone(),
        });
        var sealing = proposal.MemberId is { } member ? (await Member.FindAsync(database, keys, member) ?? throw NationRefusal.UnknownMember()).Data : keys.Sealing;
        return (sealing.Seal(content, Owner(decisionId)), Base64Url.Encode(SHA256.HashData(content)));
    }

    /// <summary>
    /// What was approved: each approval's leaf speaks of the digest. Null where the member whom it was about has been erased, where other words were put in the place of those, or where they are
    /// not of the act, the subject, the rules, the member and the node that the row says; of older ones, the last two were not in them.
    /// </summary>
    public static async Task<Proposal?> OpenAsync(Database database, KeyRing keys, Decisions.Row row)
    {
        var sealing = row.MemberId is null ? keys.Sealing : (await Member.FindAsync(database, keys, row.MemberId))?.Data;
        if (sealing is null) return null;
        try
        {
            var opened = sealing.Open(row.Content, Owner(row.Id));
            return Base64Url.Encode(SHA256.HashData(opened)) == row.Digest && StrictJson.ParseObject(opened) is var content && Names(content, row)
                ? new(row.Act, row.Subject, row.MemberId, row.NodeId, content.RequiredObject("content"))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool Names(JsonObject content, Decisions.Row row) =>
        content.RequiredString("act") == row.Act && content.RequiredString("subject") == row.Subject && content.RequiredString("charter") == row.CharterVersion
        && (!content.ContainsKey("member") || (content["member"]?.GetValue<string>() == row.MemberId && content["node"]?.GetValue<string>() == row.NodeId));

    private static string Owner(string id) => $"decision/{id}";
}
