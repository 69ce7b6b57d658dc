namespace NetworkIdentity.Server;

/// <summary>
/// The server is to stop: it says that it is not ready, and goes on serving for a while, so that whoever sends it requests learns it before it stops listening (F14).
/// Then requests under way are finished.
/// </summary>
internal sealed class Draining(TimeSpan time)
{
    private volatile bool _isOn;

    /// <summary>Whether it has begun.</summary>
    public bool IsOn => _isOn;

    /// <summary>Begins, and returns when listening may stop.</summary>
    public void Begin()
    {
        _isOn = true;
        Thread.Sleep(time);
    }
}
