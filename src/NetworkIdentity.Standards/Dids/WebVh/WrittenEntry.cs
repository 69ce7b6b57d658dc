namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>An entry that was made.</summary>
/// <param name="Line">Its line of the log, without the line's end.</param>
/// <param name="Log">The log with it, verified.</param>
public sealed record WrittenEntry(string Line, WebVhLog Log)
{
    /// <summary>The name of the version, which witnesses approve by.</summary>
    public string VersionId => Log.Last.VersionId;
}
