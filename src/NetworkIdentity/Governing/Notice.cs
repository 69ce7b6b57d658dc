using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>
/// Something that a person is told. It is written in the act that it tells of, so there is none without the other; what goes out is its kind and a link, and what there is
/// to read of it stands on the person's page (decision 0037).
/// </summary>
public static class Notice
{
    /// <summary>What writes a notice: on the person's page at once, and out by every channel that there is.</summary>
    /// <param name="memberId">Whom it tells.</param>
    /// <param name="kind">What sort of thing it is.</param>
    /// <param name="about">The id of an application, a case, a decision; never words, and never the id of a member, since it goes out.</param>
    /// <param name="now">Now.</param>
    /// <param name="due">When the person is to be told, where that is later: a reminder. <see cref="Notices.Withdraw"/> takes it back until then.</param>
    public static IReadOnlyList<Statement> To(string memberId, NoticeKind kind, string about, DateTimeOffset now, DateTimeOffset? due = null) =>
        Of(RandomId.New(), memberId, kind, about, now, due);

    /// <summary>The same, where nobody has told them of it yet; else it breaks with <see cref="Notices.OnceCondition"/>.</summary>
    public static IReadOnlyList<Statement> Once(string memberId, NoticeKind kind, string about, DateTimeOffset now) =>
        Of(RandomId.Digest($"{kind.Name} {about} {memberId}"), memberId, kind, about, now, null);

    private static IReadOnlyList<Statement> Of(string id, string memberId, NoticeKind kind, string about, DateTimeOffset now, DateTimeOffset? due) => Notices.Insert(new Notices.Row
    {
        Id = id,
        Kind = kind.Name,
        MemberId = memberId,
        About = about,
        DueAt = (due > now ? due.Value : now).ToUnixTimeSeconds(),
        CreatedAt = now.ToUnixTimeSeconds(),
    });
}
