using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Governing;

/// <summary>
/// The applicant's side of proving to be one person, where the charter asks for it: they begin a request to their wallet, and what it proved counts once it is known that who asked holds the
/// wallet. A person counts for one application, or as one member, at a time.
/// </summary>
/// <param name="database">Where it is kept.</param>
/// <param name="keys">The nation's keys.</param>
/// <param name="applying">Goes on with an application that is proven.</param>
/// <param name="clientIdPrefix">How requests to wallets say who asks: one of <see cref="ClientIdPrefixes.All"/>.</param>
/// <param name="time">The clock.</param>
public sealed class Personhood(Database database, KeyRing keys, Applying applying, string clientIdPrefix, TimeProvider time)
{
    /// <summary>How long a wallet may take, and then who holds it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Why a proof did not count: the person belongs, or asks to by another application.</summary>
    public const string PersonKnown = "person_known";

    /// <summary>Why a request ended: who holds the wallet chose another number than that of the browser that asked.</summary>
    public const string WrongNumber = "wrong_number";

    private const int MaxAttempts = 32;

    /// <summary>How it stands.</summary>
    /// <param name="Accepted">By whose credentials it can be proven; none where the charter asks nobody.</param>
    /// <param name="IsProven">Whether it is.</param>
    /// <param name="Request">The newest request to a wallet; null where there was none.</param>
    public sealed record Standing(IReadOnlyList<AcceptedPersonhood> Accepted, bool IsProven, PersonhoodRequests.Row? Request);

    /// <summary>How it stands with an application.</summary>
    public async Task<Standing> StandingAsync(string applicationId)
    {
        var charter = await Rules.InForceAsync(database);
        var isProven = charter.Vouching.Personhood.Count > 0 && await IsProvenAsync(database, charter, applicationId);
        return new(charter.Vouching.Personhood, isProven, await PersonhoodRequests.NewestAsync(database, applicationId));
    }

    /// <summary>The applicant asks a wallet of theirs: what was asked before leads nowhere any more.</summary>
    /// <param name="secret">The application's.</param>
    /// <param name="begunOn">The browser that asks, in a few fixed words.</param>
    /// <exception cref="Refusal"><c>unknown_application</c>; <c>application_ended</c>; <c>personhood_not_asked</c>: the charter doesn't, or it is proven.</exception>
    public async Task<PersonhoodRequests.Row> BeginAsync(string secret, string begunOn)
    {
        var application = await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownApplication();
        if (!IsOpen(application)) throw NationRefusal.ApplicationEnded(application.State);
        var charter = await Rules.InForceAsync(database);
        if (charter.Vouching.Personhood.Count == 0 || await IsProvenAsync(database, charter, application.Id)) throw NationRefusal.PersonhoodNotAsked();
        var now = time.GetUtcNow();
        var row = new PersonhoodRequests.Row
        {
            Id = RandomId.New(),
            ApplicationId = application.Id,
            CharterVersion = charter.Version,
            ClientId = RequestKey.ClientIdOf(keys, clientIdPrefix),
            Nonce = RandomId.Secret(),
            State = RandomId.Secret(),
            Number = RandomId.Digits(2),
            BegunOn = begunOn,
            Stage = PersonhoodRequests.Asked,
            CreatedAt = now.ToUnixTimeSeconds(),
            ExpiresAt = (now + Lifetime).ToUnixTimeSeconds(),
        };
        await database.CommitAsync(PersonhoodRequests.LapseOf(application.Id), PersonhoodRequests.Insert(row));
        return row;
    }

    /// <summary>The link for a wallet.</summary>
    public string Link(PersonhoodRequests.Row request, string scheme = "openid4vp") =>
        RequestObject.Link(request.ClientId, keys.Nation.Url($"/personhood/{request.Id}/request"), scheme);

    /// <summary>The request that a response code belongs to; null where it is none.</summary>
    public Task<PersonhoodRequests.Row?> FindAsync(string responseCode) => PersonhoodRequests.FindByResponseCodeAsync(database, responseCode);

    /// <summary>The browser that asked is back with the wallet's response code: the proof counts.</summary>
    /// <param name="request">The request of that code.</param>
    /// <param name="secret">The application's, which the browser has; that of another changes nothing.</param>
    public async Task ConfirmAsync(PersonhoodRequests.Row request, string secret)
    {
        if ((await Applications.FindBySecretAsync(database, RandomId.Digest(secret)))?.Id == request.ApplicationId) await ProveAsync(request);
    }

    /// <summary>The numbers of which the wallet's holder chooses on another device.</summary>
    public IReadOnlyList<string> ChoicesOf(PersonhoodRequests.Row request) => NumberChoice.Of(keys, request.Id, request.Number);

    /// <summary>The wallet's holder says on another device which number the browser shows that asked: the proof counts by the right one, and the request ends by any other.</summary>
    public async Task ChooseAsync(PersonhoodRequests.Row request, string number)
    {
        if (number == request.Number) await ProveAsync(request);
        else await database.CommitAsync(PersonhoodRequests.Lapse(request.Id, WrongNumber));
    }

    /// <summary>Who holds the wallet says that they asked for nothing: the request ends.</summary>
    public Task DisownAsync(PersonhoodRequests.Row request) => database.CommitAsync(PersonhoodRequests.Lapse(request.Id, null));

    /// <summary>Whether it is proven, or nobody asks.</summary>
    internal static async Task<bool> IsProvenAsync(Database database, Charter charter, string applicationId) =>
        charter.Vouching.Personhood.Count == 0 || await CountedAsync(database, charter, applicationId) is not null;

    /// <summary>
    /// What was proven and counts under a charter; null where nothing does. What was proven under another version counts where each that this one accepted is accepted still: of the credential
    /// nothing is kept that would say which it was.
    /// </summary>
    internal static async Task<Personhoods.Row?> CountedAsync(Database database, Charter charter, string applicationId)
    {
        if (await Personhoods.FindAsync(database, applicationId) is not { } row) return null;
        if (row.CharterVersion == charter.Version) return row;
        return await Charters.FindAsync(database, row.CharterVersion) is { } before && !Charter.Parse(before.Content).Vouching.Personhood.Except(charter.Vouching.Personhood).Any() ? row : null;
    }

    internal static bool IsOpen(Applications.Row row) => row is { State: Applications.Vouching or Applications.Review };

    /// <summary>One commit: the rules are those of the request, the application is open, nobody else is this person.</summary>
    private async Task ProveAsync(PersonhoodRequests.Row request)
    {
        if (request.Tag is null) return;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (await Applications.FindAsync(database, request.ApplicationId) is not { } application || !IsOpen(application) || application.OpenUntil <= now) return;
            var broken = await database.CommitAsync(
                Nations.IsUnder(request.CharterVersion),
                PersonhoodRequests.Prove(request.Id, now),
                Applications.Touch(application),
                Personhoods.FreeOf(application.Id),
                Personhoods.Insert(new() { ApplicationId = application.Id, Tag = request.Tag, CharterVersion = request.CharterVersion, ProvenAt = now }),
                Journal.Write("prove-person", application.Id, application.Id, request.CharterVersion, now));
            if (broken == Applications.MovedCondition) continue;
            if (broken == Personhoods.OnceCondition) await database.CommitAsync(PersonhoodRequests.Lapse(request.Id, PersonKnown));
            if (broken is null) await applying.MoveAsync(application.Id);
            return;
        }

        throw NationRefusal.DecisionMoved();
    }
}
