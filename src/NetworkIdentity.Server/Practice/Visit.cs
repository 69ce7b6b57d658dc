using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Practice;

/// <summary>How far someone is on the tour: from the nation's own records where it keeps them, else from the tape, which begins with the server.</summary>
public sealed class Visit
{
    private readonly PracticeClients _clients;
    private readonly IReadOnlyList<Exchange> _tape;
    private readonly IReadOnlyList<Credentials.Row> _credentials;
    private readonly IReadOnlyList<SignInStory> _signIns;

    private Visit(string? memberId, Admission? admission, PracticeClients clients, IReadOnlyList<Exchange> tape, IReadOnlyList<Credentials.Row> credentials)
    {
        MemberId = memberId;
        Admission = admission;
        _clients = clients;
        _tape = tape;
        _credentials = credentials;
        _signIns = memberId is null ? [] : SignInStory.Of(tape, memberId);
    }

    /// <summary>The person that the visitor is to the nation, a member or not yet; null before they asked to be one, and where they took that back.</summary>
    public string? MemberId { get; }

    /// <summary>How far their application has come; null where there is none.</summary>
    public Admission? Admission { get; }

    /// <summary>The words that a presentation which was changed on purpose is refused with, by what was done to it.</summary>
    public static IReadOnlyList<(string Name, string Does, string Why, string Words)> Twists { get; } =
    [
        ("Tamper", "a word in the credential is changed", "What was changed doesn’t match what the nation signed.", "at step Shape"),
        ("Copy", "someone else copied the credential, but not the key in your wallet", "The proof was not made with the key that the credential belongs to.", "is not signed by the holder's key"),
        ("Replay", "what you showed before is shown again", "The proof answers an earlier request, not this one.", "nonce of the key binding"),
        ("Wrong audience", "what you made for another app is sent to this one", "The proof was made for somebody else.", "aud of the key binding"),
    ];

    /// <summary>Looks at where a visitor is.</summary>
    public static async Task<Visit> OfAsync(string? memberId, NationContext nation, PracticeClients clients, Tape tape)
    {
        // A cookie of before may name a member that this database never had; of an application that ended there is nobody left.
        if (memberId is null || await Members.FindAsync(nation.Database, memberId) is null or { State: Member.Erased }) return new(null, null, clients, tape.Play(), []);
        return new(memberId, await Admission.OfAsync(nation, memberId), clients, tape.Play(), await Credentials.ListAsync(nation.Database, memberId));
    }

    /// <summary>Whether the visitor holds a credential of the type that was not revoked.</summary>
    public bool Holds(string type) => _credentials.Any(credential => credential.Type == type && credential.RevokedAt is null);

    /// <summary>Whether a credential of the type was revoked, and none has followed.</summary>
    public bool IsRevoked(string type) => !Holds(type) && _credentials.Any(credential => credential.Type == type);

    /// <summary>Whether a credential of the type was ever revoked, whatever has followed.</summary>
    public bool WasRevoked(string type) => _credentials.Any(credential => credential.Type == type && credential.RevokedAt is not null);

    /// <summary>The credential of the type that is in force; null where there is none.</summary>
    public string? CredentialOf(string type) => _credentials.LastOrDefault(credential => credential.Type == type && credential.RevokedAt is null)?.Id;

    /// <summary>How the last credential of the type was taken.</summary>
    public IssuanceStory? Issuance(string type) =>
        _credentials.LastOrDefault(credential => credential.Type == type) is { } last ? IssuanceStory.Of(_tape, last.OfferId) : null;

    /// <summary>The last sign-in to the library that the library learned of; null where there was none.</summary>
    public SignInStory? AtLibrary => SignedIn(_clients.Library);

    /// <summary>The last arrival at the door that the door learned of; null where there was none.</summary>
    public SignInStory? AtDoor => SignedIn(_clients.Door);

    /// <summary>The last sign-in that was refused with these words; null where there was none.</summary>
    public SignInStory? Refused(string words) => _signIns.LastOrDefault(one => one.Refusals.Any(refusal => refusal.Contains(words, StringComparison.Ordinal)));

    /// <summary>What the wallet was answered there, whole.</summary>
    public string? RefusalWith(string words) => Refused(words)?.Refusals.LastOrDefault(refusal => refusal.Contains(words, StringComparison.Ordinal));

    /// <summary>Whether the library found its session ended.</summary>
    public bool HasSessionEnded => _signIns.Any(one => one.ClientId == _clients.Library?.ClientId && one.HasEnded);

    /// <summary>Whether a step is done. Of the last the nation learns nothing: that is what it shows.</summary>
    public bool IsDone(TourStep step) => step switch
    {
        TourStep.Join => _credentials.Any(credential => credential.Type == "membership"),
        TourStep.SignIn => AtLibrary is not null,
        TourStep.Break => Twists.All(twist => Refused(twist.Words) is not null),
        TourStep.Arrive => AtDoor is not null,
        TourStep.Offline => false,
        _ => WasRevoked("membership") && Refused(": revoked") is not null,
    };

    /// <summary>A word that changes when anything of this does: the page looks for another one.</summary>
    public string State => string.Join('.', [
        .. Enum.GetValues<TourStep>().Select(step => IsDone(step) ? "1" : "0"),
        $"{Admission?.State}",
        $"{_credentials.Count(credential => credential.Type == "membership")}",
        $"{_credentials.Count(credential => credential.Type == "residency")}",
        $"{_credentials.Count(credential => credential.RevokedAt is not null)}",
        .. Twists.Select(twist => Refused(twist.Words) is null ? "0" : "1"),
        HasSessionEnded ? "1" : "0",
    ]);

    private SignInStory? SignedIn(PracticeClients.Client? client) => _signIns.LastOrDefault(one => one.ClientId == client?.ClientId && one.IdToken is not null);
}
