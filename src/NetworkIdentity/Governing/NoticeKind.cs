namespace NetworkIdentity.Governing;

/// <summary>What sort of thing a person is told of. A list that grows: a kind that is not known here (a newer server wrote it) is told in general words.</summary>
/// <param name="Name">Its name in the outbox and in webhooks: small letters and underscores.</param>
/// <param name="Words">What happened, as one sentence without its full stop, and nothing of a person.</param>
/// <param name="Page">The path of the page where it is read, after signing in; for who asks to join, of the page that leads to their application.</param>
public sealed record NoticeKind(string Name, string Words, string Page)
{
    private const string MyPage = "/account";
    private const string Desk = "/desk";
    private const string RecoveryPage = "/account/recovery";
    private const string Facts = "/account/facts";
    private const string Given = "/account/given";

    /// <summary>Who asks to join has no account yet: from here their browser finds the application.</summary>
    private const string Applying = "/apply";

    /// <summary>Where who can't sign in to anything else still reads what was decided about them, and appeals.</summary>
    private const string Case = SigningIn.MemberPages.Case;

    /// <summary>What is said of a kind that is not known.</summary>
    private const string General = "There is something new for you";

    /// <summary>To who asks to join: the application has come.</summary>
    public static readonly NoticeKind ApplicationReceived = new("application_received", "Your application was received", Applying);

    /// <summary>To who asks to join: it ends soon, as nothing came of it yet.</summary>
    public static readonly NoticeKind ApplicationEndsSoon = new("application_ends_soon", "Your application ends soon", Applying);

    /// <summary>To who asks to join: it was decided, or has ended.</summary>
    public static readonly NoticeKind ApplicationDecided = new("application_decided", "Your application was decided", Applying);

    /// <summary>To a member whose membership goes on: it can be taken.</summary>
    public static readonly NoticeKind OfferReady = new("offer_ready", "A credential is ready for your wallet", Case);

    /// <summary>To a member: it was decided that they get a credential.</summary>
    public static readonly NoticeKind CredentialGiven = new("credential_given", "A credential was given to you, for your wallet to take", Given);

    /// <summary>To a member: the vouch that they gave binds them no more.</summary>
    public static readonly NoticeKind VouchFreed = new("vouch_freed", "A vouch of yours is free again", MyPage);

    /// <summary>To who may decide: something waits for them.</summary>
    public static readonly NoticeKind DecisionOpen = new("decision_open", "A decision waits for you", Desk);

    /// <summary>To who may decide: a decision that waits ends soon.</summary>
    public static readonly NoticeKind DecisionEndsSoon = new("decision_ends_soon", "A decision that waits for you ends soon", Desk);

    /// <summary>To a member: suspended, with the reasons and the way to appeal on their page.</summary>
    public static readonly NoticeKind Suspended = new("suspended", "Your credentials were suspended for a time", Case);

    /// <summary>To a member: the suspension is over.</summary>
    public static readonly NoticeKind SuspensionEnded = new("suspension_ended", "Your suspension has ended", Case);

    /// <summary>To a member: a suspension was decided, and begins when its notice is over.</summary>
    public static readonly NoticeKind SuspensionNoticed = new("suspension_noticed", "A suspension of your credentials was decided, and begins in some days", Case);

    /// <summary>To a member: a revocation was decided, and takes effect when its notice is over.</summary>
    public static readonly NoticeKind RevocationNoticed = new("revocation_noticed", "A revocation of your credentials was decided, and takes effect in some days", Case);

    /// <summary>To a member: revoked, with the reasons and the way to appeal on their page.</summary>
    public static readonly NoticeKind Revoked = new("revoked", "Your credentials were revoked", Case);

    /// <summary>To a steward: a mandate was ended before its day, with the reasons and the way to appeal on their page.</summary>
    public static readonly NoticeKind Dismissed = new("dismissed", "A mandate of yours was ended before its day", Case);

    /// <summary>To who appealed: it was decided.</summary>
    public static readonly NoticeKind AppealDecided = new("appeal_decided", "Your appeal was decided", Case);

    /// <summary>To a member: they belong again.</summary>
    public static readonly NoticeKind Reinstated = new("reinstated", "You were reinstated", Case);

    /// <summary>To a member: the membership ends soon.</summary>
    public static readonly NoticeKind MembershipEndsSoon = new("membership_ends_soon", "Your membership ends soon, and you can ask that it goes on", Case);

    /// <summary>To a steward: a mandate was given.</summary>
    public static readonly NoticeKind MandateGiven = new("mandate_given", "You were given a mandate", Desk);

    /// <summary>To a steward: a mandate ends soon.</summary>
    public static readonly NoticeKind MandateEndsSoon = new("mandate_ends_soon", "A mandate of yours ends soon", Desk);

    /// <summary>To a member: something was attested of them.</summary>
    public static readonly NoticeKind FactWitnessed = new("fact_witnessed", "Something was attested of you, and you can contest it", Facts);

    /// <summary>To a member who can attest: somebody asks for a new wallet.</summary>
    public static readonly NoticeKind RecoveryAsked = new("recovery_asked", "Somebody you know asks to be recognised after losing their wallet", RecoveryPage);

    /// <summary>To a member: somebody asks for a new wallet in their name.</summary>
    public static readonly NoticeKind RecoveryBegun = new("recovery_begun", "A new wallet is asked for in your name, and you can object", RecoveryPage);

    /// <summary>To a member: another named them, to attest for them one day.</summary>
    public static readonly NoticeKind RecoveryNamed = new("recovery_named", "Somebody named you, to attest that it is them if they lose their wallet", RecoveryPage);

    /// <summary>To a member: one whom they named doesn't want to attest.</summary>
    public static readonly NoticeKind RecoveryDeclined = new("recovery_declined", "Somebody whom you named does not want to attest for you", RecoveryPage);

    /// <summary>To a member: those who can attest for them will be others.</summary>
    public static readonly NoticeKind RecoveryListChanged = new("recovery_list_changed", "You named people who can attest for you; if it was not you, name others at once", RecoveryPage);

    /// <summary>To a member: enough attested, and stewards decide.</summary>
    public static readonly NoticeKind RecoveryAttested = new("recovery_attested", "Others attested that you lost your wallet, and you can object", RecoveryPage);

    /// <summary>To a member: it was decided, and waits for its day.</summary>
    public static readonly NoticeKind RecoveryDecided = new("recovery_decided", "A new wallet in your name was decided, and you can object until it is taken", RecoveryPage);

    /// <summary>To a member: its day has come.</summary>
    public static readonly NoticeKind RecoveryReady = new("recovery_ready", "The new wallet in your name can be taken now, and you can object until it is", RecoveryPage);

    /// <summary>To a member: nothing came of it.</summary>
    public static readonly NoticeKind RecoveryEnded = new("recovery_ended", "The new wallet that was asked for in your name is not asked for any more", RecoveryPage);

    /// <summary>To a member: the new wallet is theirs.</summary>
    public static readonly NoticeKind RecoveryDone = new("recovery_done", "A new wallet was bound to your membership", MyPage);

    /// <summary>To a member: a card was printed in their name.</summary>
    public static readonly NoticeKind CardPrinted = new("card_printed", "A card was printed in your name; if it was not you, end it", MyPage);

    /// <summary>To a member, and to who acts for them: that began to be so, or is so no more.</summary>
    public static readonly NoticeKind GuardianChanged = new("guardian_changed", "Somebody was named to act for a member, or does so no more, and it concerns you", "/account/wards");

    /// <summary>To a member: an account that they have elsewhere was bound to their membership.</summary>
    public static readonly NoticeKind AccountBound = new("account_bound", "An account elsewhere was bound to your membership; if it was not you, unbind it", Issuing.AccountBinding.Path);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<NoticeKind> All =
    [
        ApplicationReceived, ApplicationEndsSoon, ApplicationDecided, OfferReady, CredentialGiven, VouchFreed, DecisionOpen, DecisionEndsSoon, Suspended, SuspensionEnded, SuspensionNoticed, RevocationNoticed,
        Revoked, Dismissed, AppealDecided, Reinstated, MembershipEndsSoon, MandateGiven, MandateEndsSoon, FactWitnessed, RecoveryAsked, RecoveryBegun, RecoveryDone,
        RecoveryNamed, RecoveryDeclined, RecoveryListChanged, RecoveryAttested, RecoveryDecided, RecoveryReady, RecoveryEnded, CardPrinted, GuardianChanged, AccountBound,
    ];

    /// <summary>The kind of a name; one in general words where it is not known.</summary>
    public static NoticeKind Of(string name) => All.FirstOrDefault(kind => kind.Name == name) ?? new(name, General, MyPage);
}
