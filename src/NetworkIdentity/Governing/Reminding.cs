using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>
/// Tells people in time of what ends: a membership that can go on, a mandate, a decision that waits for them. Of each once; what it rests on is looked at when it is due, so nothing has
/// to be taken back.
/// </summary>
public sealed class Reminding(Database database, Deciding deciding, TimeProvider time)
{
    /// <summary>How long before its end somebody is told; of what lasts shorter than four times this, in its last quarter.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromDays(30);

    private const int Portion = 100;

    /// <summary>Tells what is to be told. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of what broke, which holds nothing else up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        await TryAsync(failed, async () =>
        {
            foreach (var (member, offer) in await Credentials.MembershipsEndingAsync(database, Now(), Seconds(), NoticeKind.MembershipEndsSoon.Name, Portion))
                await TellAsync(member, NoticeKind.MembershipEndsSoon, offer);
        });
        await TryAsync(failed, async () =>
        {
            foreach (var (member, mandate) in await Stewards.EndingAsync(database, Now(), Seconds(), NoticeKind.MandateEndsSoon.Name, Portion))
                await TellAsync(member, NoticeKind.MandateEndsSoon, mandate);
        });
        foreach (var id in await Decisions.EndingAsync(database, Now(), Seconds(), NoticeKind.DecisionEndsSoon.Name, Portion)) await TryAsync(failed, () => RemindAsync(id));
    }

    /// <summary>Who could approve of it, and has not. What all members decide is for everyone to see, and nobody is told one by one.</summary>
    private async Task RemindAsync(string decisionId)
    {
        if (await deciding.FindAsync(decisionId) is not { Quorum: { IsReached: false } quorum } decision) return;
        if ((await Rules.InForceAsync(database)).RuleOf(decision.Row.Act).By == ActRule.Members) return;
        foreach (var member in quorum.Eligible.Except(quorum.Counted).Order(StringComparer.Ordinal)) await TellAsync(member, NoticeKind.DecisionEndsSoon, decisionId);
    }

    // Where another server has told them, it breaks, and nothing is to be done.
    private Task<string?> TellAsync(string memberId, NoticeKind kind, string about) => database.CommitAsync([.. Notice.Once(memberId, kind, about, time.GetUtcNow())]);

    private static async Task TryAsync(Action<Exception>? failed, Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception) when (failed is not null)
        {
            failed(exception);
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private static long Seconds() => (long)Before.TotalSeconds;
}
