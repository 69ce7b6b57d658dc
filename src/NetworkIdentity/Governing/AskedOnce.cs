using System.Security.Cryptography;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Proposals that programs ask for under a key of their own: what comes a second time, since no answer reached the program, is proposed once (I10).</summary>
/// <remarks>The key is used in the commit that proposes. So there is none without a proposal: what was refused used no key.</remarks>
public sealed class AskedOnce(Database database, Deciding deciding, TimeProvider time)
{
    /// <summary>For how long the same key is the same proposal.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Proposes; or finds what was proposed when the same was asked before.</summary>
    /// <param name="key">The key. It is this member's at this client, and nobody else's.</param>
    /// <param name="sent">What was sent with it.</param>
    /// <param name="memberId">Who proposes.</param>
    /// <param name="clientId">The program.</param>
    /// <param name="read">What is proposed; not called where it was before.</param>
    /// <exception cref="Refusal"><c>idempotency_key_reused</c>, and what <paramref name="read"/> and <see cref="Deciding.ProposeAsync"/> refuse.</exception>
    public async Task<Decisions.Row> ProposeAsync(string key, ReadOnlyMemory<byte> sent, string memberId, string clientId, Func<Task<Proposal>> read)
    {
        var id = RandomId.Digest($"{memberId} {clientId} {key}");
        var digest = Base64Url.Encode(SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(key), 0, .. sent.Span]));
        if (await FindAsync(id, digest) is { } before) return before;
        try
        {
            return (await deciding.ProposeAsync(await read(), memberId, Used)).Row;
        }
        catch (Refusal)
        {
            // The same may have come in the same moment, perhaps at another server.
            if (await FindAsync(id, digest) is { } same) return same;
            throw;
        }

        Statement Used(string decisionId)
        {
            var now = time.GetUtcNow();
            return IdempotencyKeys.Use(new() { Id = id, Digest = digest, DecisionId = decisionId, ExpiresAt = (now + Kept).ToUnixTimeSeconds() }, now.ToUnixTimeSeconds());
        }
    }

    private async Task<Decisions.Row?> FindAsync(string id, string digest)
    {
        if (await IdempotencyKeys.FindAsync(database, id, time.GetUtcNow().ToUnixTimeSeconds()) is not { } used) return null;
        return used.Digest == digest ? await Decisions.FindAsync(database, used.DecisionId) : throw NationRefusal.IdempotencyKeyReused();
    }
}
