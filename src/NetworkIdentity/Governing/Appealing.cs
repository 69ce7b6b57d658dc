using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>
/// Whom a decision harmed asks that others look at it again: once, within the charter's days. Nobody who decided first decides on the appeal; where it is not decided in its time, what was
/// decided first falls (decision 0039).
/// </summary>
public sealed class Appealing(Database database, KeyRing keys, Deciding deciding, Undoing undoing, TimeProvider time)
{
    /// <summary>The longest that a person can say.</summary>
    public const int MaxWords = 4000;

    /// <summary>A member appeals what was decided about them.</summary>
    /// <param name="decisionId">The decision: one of <see cref="Act.Adverse"/>, carried out.</param>
    /// <param name="memberId">Who appeals: whom it is about.</param>
    /// <param name="words">What they say.</param>
    /// <returns>The appeal's id.</returns>
    /// <exception cref="Refusal"><c>not_appealable</c>, <c>appeal_late</c>, <c>already_appealed</c>, <c>invalid_appeal</c>.</exception>
    public async Task<string> AppealAsync(string decisionId, string memberId, string words)
    {
        var now = time.GetUtcNow();
        if (await Decisions.FindAsync(database, decisionId) is not { State: Decisions.Done } row || row.MemberId != memberId || !Act.Adverse.Contains(row.Act)) throw NationRefusal.NotAppealable();
        var person = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.NotAppealable();

        // The windows are those of the charter by which it was decided: a new one doesn't shorten them.
        var charter = await Rules.OfVersionAsync(database, row.CharterVersion);
        if ((await Appeals.OfMemberAsync(database, memberId)).Any(appeal => appeal.DecisionId == decisionId)) throw NationRefusal.AlreadyAppealed();
        if (UntilOf(row, charter) <= now) throw NationRefusal.AppealLate((int)charter.Terms.Appeal.TotalDays);
        if (DisplayName.FaultOfLines(words, MaxWords) is { } fault) throw NationRefusal.InvalidAppeal($"what you say {fault}");
        var id = RandomId.New();
        var content = StrictJson.Write(new JsonObject
        {
            ["salt"] = Base64Url.Encode(RandomNumberGenerator.GetBytes(16)),
            ["decision"] = decisionId,
            ["words"] = words,
        });
        var appeal = new Appeals.Row
        {
            Id = id,
            DecisionId = decisionId,
            MemberId = memberId,
            NodeId = row.NodeId,
            Words = person.Data.Seal(content, Owner(id)),
            Digest = Base64Url.Encode(SHA256.HashData(content)),
            CharterVersion = row.CharterVersion,
            AppealedAt = now.ToUnixTimeSeconds(),
            DecideUntil = (now + charter.Terms.AppealDecision).ToUnixTimeSeconds(),
            State = Appeals.Open,
        };
        if (await database.CommitAsync(Appeals.Insert(appeal), Journal.Write("appeal", id, memberId, row.CharterVersion, appeal.AppealedAt, appeal.Digest)) is not null)
            throw NationRefusal.AlreadyAppealed();
        await MoveAsync(appeal);
        return id;
    }

    /// <summary>Somebody whose application was refused appeals, by the secret of their own link.</summary>
    /// <exception cref="Refusal">As for a member; <c>unknown_application</c>.</exception>
    public async Task<string> AppealRefusalAsync(string secret, string words)
    {
        var row = await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownApplication();
        return row is { State: Applications.Refused, DecisionId: { } decisionId } ? await AppealAsync(decisionId, row.MemberId, words) : throw NationRefusal.NotAppealable();
    }

    /// <summary>All that was decided against a member, newest first: what was carried out, and what they were given notice of.</summary>
    public async Task<IReadOnlyList<Case>> OfAsync(string memberId)
    {
        var appeals = await Appeals.OfMemberAsync(database, memberId);
        List<Case> cases = [];
        foreach (var row in (await Decisions.OfMemberAsync(database, memberId)).Where(row => Act.Adverse.Contains(row.Act)))
        {
            // What is only proposed is known to those who decide it, as every proposal is.
            if (row is not ({ State: Decisions.Done } or { State: Decisions.Open, DueAt: not null })) continue;
            if (await SealedProposal.OpenAsync(database, keys, row) is not { } proposal) continue;
            var charter = await Rules.OfVersionAsync(database, row.CharterVersion);
            var appeal = appeals.FirstOrDefault(appeal => appeal.DecisionId == row.Id);
            cases.Add(new(row, proposal, row.State == Decisions.Done ? UntilOf(row, charter) : null, appeal, appeal is null ? null : await WordsAsync(appeal), appeal is null ? null : await AnswerAsync(appeal)));
        }

        return cases;
    }

    /// <summary>An appeal, with what was decided first, for those who decide on it; null where there is none, or its person is erased.</summary>
    public async Task<Case?> FindAsync(string appealId) => await Appeals.FindAsync(database, appealId) is { } appeal
        && await Decisions.FindAsync(database, appeal.DecisionId) is { } row && await SealedProposal.OpenAsync(database, keys, row) is { } proposal
        ? new(row, proposal, null, appeal, await WordsAsync(appeal), await AnswerAsync(appeal))
        : null;

    /// <summary>Goes on with all that are open. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of one that broke, which holds no other up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        foreach (var appeal in await Appeals.OpenAsync(database))
        {
            try
            {
                await MoveAsync(appeal);
            }
            catch (Exception exception) when (failed is not null)
            {
                failed(exception);
            }
        }
    }

    /// <summary>Does what follows from where it stands: puts the question, as often as a new charter makes it lapse; or lets the first decision fall.</summary>
    private async Task MoveAsync(Appeals.Row appeal)
    {
        if (await Members.FindAsync(database, appeal.MemberId) is null or { State: Member.Erased })
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            await database.CommitAsync(
                Appeals.End(appeal.Id, Appeals.Upheld, now), Decisions.EndOf(appeal.Id, Decisions.Lapsed, now), Journal.Write("lapse-appeal", appeal.Id, appeal.Id, appeal.CharterVersion, now));
        }
        else if (appeal.DecideUntil > time.GetUtcNow().ToUnixTimeSeconds())
        {
            await deciding.PutAsync(Proposal.DecideAppeal(appeal), appeal.DecideUntil);
        }
        else if (!(await Decisions.OfSubjectAsync(database, appeal.Id)).Any(row => row is { State: Decisions.Open, ReachedAt: not null }))
        {
            // What was decided in time, and waits for its day, is decided.
            try
            {
                await undoing.FallAsync(appeal);
            }
            catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
            {
                // Another server did it, or it was decided in this moment.
            }
        }
    }

    private async Task<string?> WordsAsync(Appeals.Row appeal) => await Member.FindAsync(database, keys, appeal.MemberId) is { } person
        ? StrictJson.ParseObject(person.Data.Open(appeal.Words, Owner(appeal.Id))).RequiredString("words")
        : null;

    private async Task<string?> AnswerAsync(Appeals.Row appeal) =>
        (await Decisions.OfSubjectAsync(database, appeal.Id)).FirstOrDefault(row => row is { Act: Act.UpholdAppeal, State: Decisions.Done }) is { } row
        && await SealedProposal.OpenAsync(database, keys, row) is { } proposal
            ? proposal.Content.OptionalString("reason")
            : null;

    private static DateTimeOffset UntilOf(Decisions.Row row, Charter charter) => DateTimeOffset.FromUnixTimeSeconds(row.EndedAt!.Value) + charter.Terms.Appeal;

    private static string Owner(string id) => $"appeal/{id}";
}
