using NetworkIdentity.Standards;

namespace NetworkIdentity;

/// <summary>What the nation itself refuses, where no specification has a code for it. Each code is explained in docs/errors.md.</summary>
public static class NationRefusal
{
    /// <summary>A nation was founded in this database before.</summary>
    public static Refusal AlreadyFounded() => new("already_founded", "a nation has been founded in this database before");

    /// <summary>The code of an act that needs a decision which was not taken.</summary>
    public const string MandateMissingCode = "mandate_missing";

    /// <summary>The act needs a decision that was not taken.</summary>
    public static Refusal MandateMissing(string act) => new(MandateMissingCode, $"the founding phase is over: the act {act} needs the charter's quorum");

    /// <summary>The code of a text that is no charter.</summary>
    public const string InvalidCharterCode = "invalid_charter";

    /// <summary>A charter can't be one.</summary>
    public static Refusal InvalidCharter(string description) => new(InvalidCharterCode, $"the charter {description}");

    /// <summary>The nation has no charter yet.</summary>
    public static Refusal NoCharter() => new("no_charter", "the nation has adopted no charter yet: netid charter adopt FILE");

    /// <summary>No version of the charter has that name.</summary>
    public static Refusal UnknownCharter(string version) => new("unknown_charter", $"the nation never had a charter of the version {version}");

    /// <summary>A version of the charter has that name.</summary>
    public static Refusal CharterExists(string version) => new("charter_exists", $"the nation has or had a charter of the version {version}: a version's name is used once");

    /// <summary>By this charter, nobody could decide some acts.</summary>
    public static Refusal QuorumOutOfReach(IEnumerable<string> acts) =>
        new("quorum_out_of_reach", $"there are too few people to decide {string.Join(", ", acts)}: appoint stewards first, or adopt another charter");

    /// <summary>What is proposed can't be decided.</summary>
    public static Refusal InvalidProposal(string description) => new("invalid_proposal", description);

    /// <summary>The code of a proposal that its proposer has put already.</summary>
    public const string AlreadyProposedCode = "already_proposed";

    /// <summary>The same member has proposed the same already.</summary>
    public static Refusal AlreadyProposed() => new(AlreadyProposedCode, "you have proposed this already, and it is not decided yet");

    /// <summary>Somebody whose wallet is suspended wants what only its holder may have, while a new wallet is asked for in their name.</summary>
    public static Refusal RecoveryOpen() => new("recovery_open", "a new wallet is asked for in your name, and this one is suspended: wait until that has ended");

    /// <summary>There is no purpose of that name whose keys can be replaced.</summary>
    public static Refusal UnknownPurpose(IEnumerable<string> known) => new("unknown_purpose", $"there is no purpose of that name whose keys can be replaced; there are {string.Join(", ", known)}");

    /// <summary>One member has proposed as much as can be open at once.</summary>
    public static Refusal TooManyProposals(int most) => new("too_many_proposals", $"{most} of your proposals are open: withdraw one, or wait until one is decided");

    /// <summary>What somebody says who asks to join, or vouches, can't be that.</summary>
    public static Refusal InvalidApplication(string description) => new("invalid_application", description);

    /// <summary>There is no such application, or nothing can be done with it by this code.</summary>
    public static Refusal UnknownApplication() => new("unknown_application", "there is no such application, or it is not open any more");

    /// <summary>The application is past this.</summary>
    public static Refusal ApplicationEnded(string state) => new("application_ended", $"the application is {state}");

    /// <summary>One vouch for a person.</summary>
    public static Refusal AlreadyVouched() => new("already_vouched", "you have vouched for this person before");

    /// <summary>Somebody would prove to be one person where nobody asks it.</summary>
    public static Refusal PersonhoodNotAsked() => new("personhood_not_asked", "there is nothing to prove here: the charter does not ask for it, or it is proven");

    /// <summary>As many vouches as the charter allows.</summary>
    public static Refusal NoVouchLeft(int most) => new("no_vouch_left", $"you vouch for {most} people already, and by the charter for no more at once: a vouch is free again when its application ends");

    /// <summary>These can't attest for a member.</summary>
    public static Refusal InvalidContacts(string description) => new("invalid_contacts", description);

    /// <summary>The code of a recovery that is not there.</summary>
    public const string UnknownRecoveryCode = "unknown_recovery";

    /// <summary>There is no such recovery for who asks: one answer for all who may not see it.</summary>
    public static Refusal UnknownRecovery() => new(UnknownRecoveryCode, "there is nothing to attest or to begin by this code for you, or not any more");

    /// <summary>The recovery can't go on like this.</summary>
    public static Refusal RecoveryNotReady(string description) => new("recovery_not_ready", description);

    /// <summary>Nobody opens a recovery for this member now.</summary>
    public static Refusal RecoveryClosed(string description) => new("recovery_closed", description);

    /// <summary>One word for a person.</summary>
    public static Refusal AlreadyAttested() => new("already_attested", "you have attested this before: each person counts once");

    /// <summary>The code of a decision that is not there for a member.</summary>
    public const string UnknownDecisionCode = "unknown_decision";

    /// <summary>There is no such decision, or none that this member may see.</summary>
    public static Refusal UnknownDecision() => new(UnknownDecisionCode, "there is no decision of that id for you");

    /// <summary>The code of a steward who has no credential that says so.</summary>
    public const string StewardCredentialMissingCode = "steward_credential_missing";

    /// <summary>The act wants a steward credential to be shown, and the member has none that is good.</summary>
    /// <param name="url">Where they take it.</param>
    public static Refusal StewardCredentialMissing(string url) => new(StewardCredentialMissingCode, $"by the charter this act wants your steward credential, and you have none that is good: take it at {url}");

    /// <summary>The code of a decision that is over.</summary>
    public const string DecisionEndedCode = "decision_ended";

    /// <summary>The decision is over.</summary>
    public static Refusal DecisionEnded(string state) => new(DecisionEndedCode, $"the decision is {state}");

    /// <summary>The code of an act that a member has no say in.</summary>
    public const string NotEligibleCode = "not_eligible";

    /// <summary>The member may not decide this.</summary>
    public static Refusal NotEligible(string act) => new(NotEligibleCode, $"by the charter you are not among those who decide {act} here");

    /// <summary>The code of a second vote of a person.</summary>
    public const string AlreadyApprovedCode = "already_approved";

    /// <summary>One person, one vote.</summary>
    public static Refusal AlreadyApproved() => new(AlreadyApprovedCode, "you approved of this before: each person counts once");

    /// <summary>The code of an approval that is not there.</summary>
    public const string NotApprovedCode = "not_approved";

    /// <summary>Nothing to take back.</summary>
    public static Refusal NotApproved() => new(NotApprovedCode, "you have not approved of this");

    /// <summary>The code of a decision that others have moved.</summary>
    public const string DecisionMovedCode = "decision_moved";

    /// <summary>Others moved it meanwhile, again and again.</summary>
    public static Refusal DecisionMoved() => new(DecisionMovedCode, "others were deciding in the same moment: look at it again");

    /// <summary>The code of a call that doesn't say what it was decided on.</summary>
    public const string PreconditionRequiredCode = "precondition_required";

    /// <summary>Who decides says what they were shown.</summary>
    public static Refusal PreconditionRequired() => new(PreconditionRequiredCode, "If-Match must hold the ETag of the decision as it was read");

    /// <summary>A proposal that could not be told from the same one sent again.</summary>
    public static Refusal IdempotencyKeyMissing() => new("idempotency_key_missing", "Idempotency-Key must hold 1 to 200 printable characters, another for each proposal");

    /// <summary>The code of a key that stands for something else.</summary>
    public const string IdempotencyKeyReusedCode = "idempotency_key_reused";

    /// <summary>The key stands for something else.</summary>
    public static Refusal IdempotencyKeyReused() => new(IdempotencyKeyReusedCode, "this Idempotency-Key came with another proposal: take a new one");

    /// <summary>An appeal can't be made like this.</summary>
    public static Refusal InvalidAppeal(string description) => new("invalid_appeal", description);

    /// <summary>What can't be appealed: it is about somebody else, or harms nobody, or was not carried out.</summary>
    public static Refusal NotAppealable() => new("not_appealable", "there is no decision of that id that you can appeal");

    /// <summary>The time in which it could be appealed is over.</summary>
    public static Refusal AppealLate(int days) => new("appeal_late", $"by the charter it could be appealed for {days} days");

    /// <summary>It was appealed before.</summary>
    public static Refusal AlreadyAppealed() => new("already_appealed", "this decision was appealed before: there is one appeal of each");

    /// <summary>The code where a member has nothing to take.</summary>
    public const string NothingGrantedCode = "nothing_granted";

    /// <summary>No membership is granted to the member that they could take now.</summary>
    public static Refusal NothingGranted() => new(NothingGrantedCode, "no membership is granted to you that you could take now");

    /// <summary>A member asks for a renewal that is not due.</summary>
    public static Refusal NotDue(int days) => new("not_due", $"a membership is renewed in its last {days} days, once it was asked for; it is not due, or has been asked for");

    /// <summary>The code of a text that is no export of facts.</summary>
    public const string InvalidFactsCode = "invalid_facts";

    /// <summary>Facts can't be read.</summary>
    public static Refusal InvalidFacts(string description) => new(InvalidFactsCode, $"the facts {description}");

    /// <summary>A fact can't be recorded like this.</summary>
    public static Refusal InvalidFact(string description) => new("invalid_fact", description);

    /// <summary>There is no fact of that id.</summary>
    public static Refusal UnknownFact() => new(UnknownFactCode, "there is no fact of that id");

    /// <summary>Somebody attests what is about themselves.</summary>
    public static Refusal OwnFact() => new("own_fact", "the fact is about the witness: others attest it");

    /// <summary>Somebody attests a fact twice.</summary>
    public static Refusal AlreadyWitnessed() => new("already_witnessed", "the member attested this fact before");

    /// <summary>A log that is watched says now what can't follow from what it said before.</summary>
    public static Refusal LogForked(string what) => new("log_forked", $"the log is not a continuation of what it was: {what}");

    /// <summary>The code of a log that is watched and could not be read.</summary>
    public const string LogUnreachableCode = "log_unreachable";

    /// <summary>A log that is watched could not be read.</summary>
    public static Refusal LogUnreachable(string why) => new(LogUnreachableCode, $"the log could not be read: {why}");

    /// <summary>A copy goes into an empty database alone.</summary>
    public static Refusal DatabaseNotEmpty(string table) => new("database_not_empty", $"the database that is to be written holds something already: its table {table} has rows");

    /// <summary>What was copied is not what was read, and was not kept.</summary>
    public static Refusal CopyDiffers(string how) => new("copy_differs", $"the copy is not what it was made from, and was not kept: {how}");

    /// <summary>A file would be overwritten.</summary>
    public static Refusal FileExists() => new("file_exists", "there is such a file already; it is left as it is");

    /// <summary>A file is no backup.</summary>
    public static Refusal NotABackup(string why) => new("not_a_backup", $"the file can't be restored: {why}");

    /// <summary>A copy of the public log does not continue the one in the backup.</summary>
    public static Refusal LogCopyUnfit(string why) => new("log_copy_unfit", $"the copy of the public log can't be gone on with: {why}. Without --log, the log begins anew");

    /// <summary>What can't be taken back needs to be said twice.</summary>
    public static Refusal NotConfirmed() => new("not_confirmed", "this can't be taken back by anyone, from no backup either: say --yes");

    /// <summary>There is no such client, or it was retired before.</summary>
    public static Refusal UnknownClient() => new("unknown_client", "there is no such app, or it was retired before");

    /// <summary>A resource can't be registered like this.</summary>
    public static Refusal InvalidResource(string description) => new("invalid_resource", description);

    /// <summary>There is a resource of that identifier.</summary>
    public static Refusal ResourceExists() => new("resource_exists", "there is a resource of that identifier: retire it first");

    /// <summary>A scope is another resource's, or was.</summary>
    public static Refusal ScopeTaken() => new("scope_taken", "a scope is another resource's, or was: apps may hold it, and would be let in");

    /// <summary>There is no such resource, or it was retired before.</summary>
    public static Refusal UnknownResource() => new("unknown_resource", "there is no such resource, or it was retired before");

    /// <summary>There is no such initial access token that is good.</summary>
    public static Refusal UnknownToken() => new("unknown_token", "there is no such token, or it was used up or withdrawn, or has expired");

    /// <summary>There is no credential type of that name.</summary>
    public static Refusal UnknownType(IEnumerable<string> known) => new("unknown_type", $"there is no such credential type; there are {string.Join(", ", known)}");

    /// <summary>Nobody can be told there.</summary>
    public static Refusal InvalidContact(string description) => new("invalid_contact", $"the e-mail address {description}");

    /// <summary>There is no member of that id.</summary>
    public static Refusal UnknownMember() => new("unknown_member", "there is no member of that id");

    /// <summary>A fact that is to be corrected was taken away before.</summary>
    public static Refusal FactCorrected() => new("fact_corrected", "the fact was corrected before: what is so now stands in another");

    /// <summary>A fact is contested, and what takes its place is decided by that.</summary>
    public static Refusal AlreadyContested() => new("already_contested", "the fact is contested: that is decided first");

    /// <summary>What was witnessed gives no such credential today.</summary>
    public static Refusal NotEarned(string description) => new(NotEarnedCode, description);

    /// <summary>What <see cref="UnknownFact"/> has.</summary>
    public const string UnknownFactCode = "unknown_fact";

    /// <summary>What <see cref="NotEarned"/> has.</summary>
    public const string NotEarnedCode = "not_earned";

    /// <summary>A type for members was offered to nobody.</summary>
    public static Refusal MemberMissing(string type) => new("member_missing", $"{type} is offered to a member: name one with --member");

    /// <summary>The code of who holds no membership.</summary>
    public const string NotAMemberCode = "not_a_member";

    /// <summary>Someone holds no membership credential in force.</summary>
    public static Refusal NotAMember() => new(NotAMemberCode, "the member holds no membership credential in force: one must be offered and taken first");

    /// <summary>The code of what is not for who has left.</summary>
    public const string HasLeftCode = "has_left";

    /// <summary>Who has left is offered nothing, and is decided about no more.</summary>
    public static Refusal HasLeft() => new(HasLeftCode, "the member has left: they belong again where they are reinstated");

    /// <summary>An exit certificate is for who has left.</summary>
    public static Refusal NotLeft() => new("not_left", "the member has not left: an exit certificate is for who has");

    /// <summary>The code of a link that opens nothing, or no more.</summary>
    public const string UnknownDepartureCode = "unknown_departure";

    /// <summary>A link of somebody who left opens nothing, or no more.</summary>
    public static Refusal UnknownDeparture() => new(UnknownDepartureCode, "there is nothing behind this link, or not any more");

    /// <summary>The code of an exit certificate that was taken.</summary>
    public const string CertificateTakenCode = "certificate_taken";

    /// <summary>An exit certificate is taken once.</summary>
    public static Refusal CertificateTaken() => new(CertificateTakenCode, "the exit certificate was taken: it is in a wallet");

    /// <summary>Nobody is erased against their will.</summary>
    public static Refusal ErasureNotAsked() => new("erasure_not_asked", "a member is erased when they ask for it themselves, by the link that they have since they left");

    /// <summary>The nation has no node of that name.</summary>
    public static Refusal UnknownNode(IEnumerable<string> known) => new("unknown_node", known.Any()
        ? $"the nation has no such node; it has {string.Join(", ", known)}"
        : "the nation has no node yet: netid node add --name NAME --region REGION");

    /// <summary>A node's name or region can't be one.</summary>
    public static Refusal InvalidNode(string description) => new("invalid_node", description);

    /// <summary>The nation has a node of that name.</summary>
    public static Refusal NodeExists() => new("node_exists", "the nation has a node of that name");

    /// <summary>A mandate for no act that there is, or until a day that is past.</summary>
    public static Refusal InvalidMandate(string description) => new("invalid_mandate", description);

    /// <summary>There is no credential of that id.</summary>
    public static Refusal UnknownCredential() => new("unknown_credential", "there is no credential of that id");

    /// <summary>Nobody acts for anybody by that id, or not this member, or not now.</summary>
    public static Refusal UnknownGuardian() => new("unknown_guardian", "there is no such guardian, they have not accepted, or it has ended");

    /// <summary>Nobody takes a membership on paper for who had it in a wallet.</summary>
    public static Refusal HasWallet() => new("has_wallet", "they have held their membership in a wallet: they take it themselves, by their case, or by those whom they named for a lost wallet");

    /// <summary>A member has had as many cards printed as there can be in a day.</summary>
    public static Refusal TooManyCards(int most) => new("too_many_cards", $"{most} cards of this member were printed within a day: try again tomorrow");

    /// <summary>The code of a member without a printed card.</summary>
    public const string NoCardCode = "no_card";

    /// <summary>No printed card of the member's stands.</summary>
    public static Refusal NoCard() => new(NoCardCode, "the member has no printed card that is in force");

    /// <summary>A claim is unknown, or its value is not one that the schema takes.</summary>
    public static Refusal InvalidClaim(string description) => new("invalid_claim", description);

    /// <summary>An act against a credential, or for it, needs a reason.</summary>
    public static Refusal ReasonMissing() => new("reason_missing", "the act needs a reason");

    /// <summary>The credential is suspended now.</summary>
    public static Refusal AlreadySuspended() => new("already_suspended", "the credential is suspended: it can be resumed, or revoked");

    /// <summary>The credential is not suspended, or no more.</summary>
    public static Refusal NotSuspended() => new("not_suspended", "the credential is not suspended");

    /// <summary>A suspension that would end in the past, or too late.</summary>
    public static Refusal InvalidSuspension(int longest) => new("invalid_suspension", $"a suspension ends within {longest} days, and not in the past");

    /// <summary>The credential was revoked before.</summary>
    public static Refusal AlreadyRevoked() => new("already_revoked", "the credential was revoked before");

    /// <summary>Nothing is appended to the log of the nation's DID now.</summary>
    public static Refusal DidHeld(string why) => new("did_held", $"nothing is appended to the log of the nation's DID: {why}. Go on with netid did continue");

    /// <summary>An entry waits for its witnesses, and nothing follows it before they approved.</summary>
    public static Refusal DidPending(string versionId) => new("did_pending", $"version {versionId} waits for its witnesses: netid did pending shows it, netid did proofs takes their answers");

    /// <summary>A copy of the log of the nation's DID can't be gone on with.</summary>
    public static Refusal DidLogUnfit(string why) => new("did_log_unfit", $"this log can't be gone on with: {why}");

    /// <summary>A log of which a witness approved another branch, or more of this one.</summary>
    public static Refusal DidLogBranched(string versionId) => new("did_log_branched", $"version {versionId} of this log was approved here before, and is not in it: this is another branch, or an older copy");

    /// <summary>A file that is to hold what a witness approved doesn't.</summary>
    public static Refusal NotAMemory(string why) => new("not_a_memory", $"the file that remembers what was approved is none: {why}");

    /// <summary>A witness's key that the log doesn't name.</summary>
    public static Refusal NotAWitness() => new("not_a_witness", "the log does not name this key as a witness");

    /// <summary>The nation has no DID.</summary>
    public static Refusal NoDid() => new("no_did", "the nation has no DID: its issuer's host is an IP address or a single label, which no DID can have");

    /// <summary>A file that is to hold a witness's key doesn't.</summary>
    public static Refusal NotASeed() => new("not_a_seed", "the file must hold 32 random bytes in hexadecimal, as made by: openssl rand -hex 32");

    /// <summary>The code of a census before its time.</summary>
    public const string CensusNotDueCode = "census_not_due";

    /// <summary>A census is taken when it is due, and not on demand.</summary>
    public static Refusal CensusNotDue(DateTimeOffset due) => new(CensusNotDueCode, $"the next census is due at {due:yyyy-MM-dd HH:mm} UTC: none is taken before, since who could ask for one would compare it with the last");

    /// <summary>No census was taken yet.</summary>
    public static Refusal NoCensus() => new("no_census", "no census was taken yet");

    /// <summary>What was given to check a census is none, or doesn't belong together.</summary>
    public static Refusal CensusUnfit(string why) => new("census_unfit", $"the census can't be checked: {why}");
}
