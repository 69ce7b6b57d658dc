using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Sign-ins: asked, proven, confirmed, redeemed or lapsed. Each move names the stage it moves from.</summary>
public static class SignIns
{
    /// <summary>A row of the table sign_in.</summary>
    public sealed record Row
    {
        /// <summary>The sign-in's id.</summary>
        public required string Id { get; init; }

        /// <summary>The client that asked.</summary>
        public required string ClientId { get; init; }

        /// <summary>Where the answer goes; checked against the registration.</summary>
        public required string RedirectUri { get; init; }

        /// <summary>How the answer goes there: <c>query</c> or <c>form_post</c>.</summary>
        public required string ResponseMode { get; init; }

        /// <summary>The scopes that were granted, separated by spaces.</summary>
        public required string Scope { get; init; }

        /// <summary>The client's <c>state</c>.</summary>
        public string? State { get; init; }

        /// <summary>The client's <c>nonce</c>.</summary>
        public string? Nonce { get; init; }

        /// <summary>The PKCE challenge, S256.</summary>
        public string? CodeChallenge { get; init; }

        /// <summary>The subject that the client expects, from its <c>id_token_hint</c>; null where it sent none.</summary>
        public string? HintedSubject { get; init; }

        /// <summary>What else the client asked for, as JSON (<see cref="SigningIn.RequestOptions"/>); null where nothing was.</summary>
        public string? Options { get; init; }

        /// <summary>The thumbprint of the key that the code is to be bound to [RFC9449 §10]; null where it is bound to none.</summary>
        public string? DpopJkt { get; init; }

        /// <summary>The digest of the request_uri of the pushed request that it answers; null where it was not pushed.</summary>
        public string? PushedDigest { get; init; }

        /// <summary>The digest of the secret in the cookie of the browser that asked.</summary>
        public required string BrowserDigest { get; init; }

        /// <summary>Two digits that the browser that asked shows, and the wallet's holder on another device chooses among others.</summary>
        public required string Number { get; init; }

        /// <summary>The browser that asked, in a few fixed words, never its own; null where it was asked before this was kept.</summary>
        public string? BegunOn { get; init; }

        /// <summary><c>asked</c>, <c>proven</c>, <c>confirmed</c>, <c>redeemed</c> or <c>lapsed</c>.</summary>
        public required string Stage { get; init; }

        /// <summary>Why it lapsed.</summary>
        public string? Lapse { get; init; }

        /// <summary>The step at which the last presentation was refused.</summary>
        public string? RefusedStep { get; init; }

        /// <summary>The reason for it.</summary>
        public string? RefusedReason { get; init; }

        /// <summary>Unix seconds: when a wallet fetched the request.</summary>
        public long? ScannedAt { get; init; }

        /// <summary>The request behind a QR code that a wallet fetched; null where none was. No other code of the sign-in leads anywhere then.</summary>
        public string? ScannedRequest { get; init; }

        /// <summary>The member who proved.</summary>
        public string? MemberId { get; init; }

        /// <summary>The records that were presented, separated by spaces.</summary>
        public string? CredentialIds { get; init; }

        /// <summary>What was disclosed, as JSON, sealed by the key ring.</summary>
        public byte[]? Claims { get; init; }

        /// <summary>Unix seconds.</summary>
        public long? ProvenAt { get; init; }

        /// <summary>The flow of the request that was answered: a constant of <see cref="PresentationRequests"/>.</summary>
        public string? ProvenFlow { get; init; }

        /// <summary>Unix seconds.</summary>
        public required long CreatedAt { get; init; }

        /// <summary>Unix seconds: until when a wallet may answer.</summary>
        public required long ExpiresAt { get; init; }
    }

    private const string Columns = """
        id, client_id, redirect_uri, response_mode, scope, state, nonce, code_challenge, hinted_subject, options, dpop_jkt, pushed_digest, browser_digest, number, begun_on, stage, lapse, refused_step,
        refused_reason, scanned_at, scanned_request, member_id, credential_ids, claims, proven_at, proven_flow, created_at, expires_at
        """;

    /// <summary>A sign-in is asked for.</summary>
    public static Statement Insert(Row row) => new($"""
        INSERT INTO sign_in ({Columns})
        VALUES (@Id, @ClientId, @RedirectUri, @ResponseMode, @Scope, @State, @Nonce, @CodeChallenge, @HintedSubject, @Options, @DpopJkt, @PushedDigest, @BrowserDigest, @Number, @BegunOn, @Stage, @Lapse,
            @RefusedStep, @RefusedReason, @ScannedAt, @ScannedRequest, @MemberId, @CredentialIds, @Claims, @ProvenAt, @ProvenFlow, @CreatedAt, @ExpiresAt)
        """, row);

    /// <summary>A wallet fetched the request behind the link: from then on it may answer until <paramref name="until"/>.</summary>
    public static Statement Open(string id, long now, long until) => new(
        "UPDATE sign_in SET scanned_at = COALESCE(scanned_at, @now), expires_at = @until WHERE id = @id AND expires_at > @now AND stage = 'asked'", new { id, now, until });

    /// <summary>A wallet fetched a request behind a QR code: from then on it is the one. Breaks with <c>scanned</c> where another is, or the time is over.</summary>
    public static Statement Scan(string id, string requestId, long now, long until) => new("""
        UPDATE sign_in SET scanned_at = COALESCE(scanned_at, @now), scanned_request = @requestId, expires_at = @until
        WHERE id = @id AND stage = 'asked' AND scanned_request IS NULL AND expires_at > @now
        """, new { id, requestId, now, until }, "scanned");

    /// <summary>asked -> proven; breaks with <c>stage</c>.</summary>
    public static Statement Prove(string id, string flow, string memberId, string credentialIds, byte[] claims, long now) => new("""
        UPDATE sign_in SET stage = 'proven', member_id = @memberId, credential_ids = @credentialIds, claims = @claims, proven_at = @now,
            proven_flow = @flow, refused_step = NULL, refused_reason = NULL
        WHERE id = @id AND stage = 'asked' AND expires_at > @now
        """, new { id, flow, memberId, credentialIds, claims, now }, "stage");

    /// <summary>Keeps why a presentation was refused; a later good one still counts.</summary>
    public static Statement Refuse(string id, string step, string reason) => new(
        "UPDATE sign_in SET refused_step = @step, refused_reason = @reason WHERE id = @id AND stage = 'asked'", new { id, step, reason });

    /// <summary>Keeps that a wallet declined. Where what it showed before was refused, that stays the reason: so it went back.</summary>
    public static Statement Decline(string id, string step, string reason) => new("""
        UPDATE sign_in SET refused_step = @step, refused_reason = @reason
        WHERE id = @id AND stage = 'asked' AND (refused_step IS NULL OR refused_step = @step)
        """, new { id, step, reason });

    /// <summary>proven on another device, after this time, -> confirmed; breaks with <c>stage</c>.</summary>
    public static Statement Confirm(string id, long provenAfter) => new("""
        UPDATE sign_in SET stage = 'confirmed' WHERE id = @id AND stage = 'proven' AND proven_flow = 'cross_device' AND proven_at > @provenAfter
        """, new { id, provenAfter }, "stage");

    /// <summary>proven -> lapsed: another number than the browser's was chosen; breaks with <c>stage</c>.</summary>
    public static Statement Mistake(string id) => new(
        "UPDATE sign_in SET stage = 'lapsed', lapse = 'wrong_number' WHERE id = @id AND stage = 'proven'", new { id }, "stage");

    /// <summary>proven or confirmed, by this flow and after this time, -> redeemed; breaks with <c>stage</c>.</summary>
    public static Statement Redeem(string id, string from, string flow, long provenAfter) => new("""
        UPDATE sign_in SET stage = 'redeemed' WHERE id = @id AND stage = @from AND proven_flow = @flow AND proven_at > @provenAfter
        """, new { id, from, flow, provenAfter }, "stage");

    /// <summary>asked, proven or confirmed -> lapsed; breaks with <c>stage</c>.</summary>
    public static Statement Lapse(string id, string reason) => new(
        "UPDATE sign_in SET stage = 'lapsed', lapse = @reason WHERE id = @id AND stage IN ('asked', 'proven', 'confirmed')", new { id, reason }, "stage");

    /// <summary>What a member proved, and no browser went on with, ends: they proved it with a wallet that another took the place of. It may be nothing.</summary>
    public static Statement EndOfMember(string memberId, string reason) => new(
        "UPDATE sign_in SET stage = 'lapsed', lapse = @reason WHERE member_id = @memberId AND stage IN ('proven', 'confirmed')", new { memberId, reason });

    /// <summary>Who holds the wallet says that the sign-in was not theirs: it lapses, even if its browser has gone on. Breaks with <c>stage</c>.</summary>
    public static Statement Disown(string id) => new(
        "UPDATE sign_in SET stage = 'lapsed', lapse = 'disowned' WHERE id = @id AND stage <> 'lapsed'", new { id }, "stage");

    /// <summary>One sign-in.</summary>
    public static Task<Row?> FindAsync(Database database, string id) => database.ReadAsync(connection =>
        connection.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM sign_in WHERE id = @id", new { id }));
}
