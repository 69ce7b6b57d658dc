using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A road between a server and its database that can be slow, closed, cut, or lose one answer (F6, F19).</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, Socket> _roads = new();
    private readonly int _target;
    private volatile TaskCompletionSource? _hole;
    private Cut? _cut;
    private long _cutAfter = long.MaxValue;

    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each packet takes towards the database.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many packets went to the database.</summary>
    public long Packets;

    /// <summary>Every transaction that asks for READ COMMITTED is SERIALIZABLE, as on an engine that knows nothing else.</summary>
    public bool IsStricter { get; init; }

    /// <summary>Lets nothing through, and says nothing of it: no end, no RST.</summary>
    public void OpenHole() => _hole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waited goes on.</summary>
    public void CloseHole()
    {
        var hole = _hole;
        _hole = null;
        hole?.TrySetResult();
    }

    /// <summary>Every connection ends with an RST.</summary>
    public void Reset()
    {
        foreach (var (one, other) in _roads) Reset(one, other);
    }

    /// <summary>After so many more bytes from the database, connections are cut in the middle of a message, once.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAfter, bytes);

    /// <summary>The next transaction with these words is cut at its commit, once: before the database hears of it, or when its answer is under way.</summary>
    public void CutCommitOf(string words, bool isHeard) => _cut = new Cut(System.Text.Encoding.ASCII.GetBytes(words), isHeard);

    public void Dispose()
    {
        _listener.Dispose();
        CloseHole();
        Reset();
    }

    private sealed record Cut(byte[] Words, bool IsHeard);

    private static void Reset(Socket one, Socket other)
    {
        foreach (var socket in (Socket[])[one, other]) socket.Close(timeout: 0);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                _ = PassAsync(near);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var (isMarked, isAnswerLost) = (false, false);
        try
        {
            if (_hole is { } hole) await hole.Task;
            await far.ConnectAsync(IPAddress.Loopback, _target);
            _roads[near] = far;
            await Task.WhenAny(
                PumpAsync(near, far, async packet =>
                {
                    Interlocked.Increment(ref Packets);
                    await Task.Delay(Delay);
                    if (IsStricter && packet.Span.IndexOf("READ COMMITTED\0"u8) is >= 0 and var at) "SERIALIZABLE  "u8.CopyTo(packet.Span[at..]);
                    if (_cut is not { } cut) return true;
                    isMarked |= packet.Span.IndexOf(cut.Words) >= 0;
                    if (!isMarked || packet.Span.IndexOf("COMMIT\0"u8) < 0) return true;
                    _cut = null;
                    return isAnswerLost = cut.IsHeard;
                }),
                PumpAsync(far, near, packet => Task.FromResult(!isAnswerLost && !IsCut(packet.Length))));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One end is gone; so is the other.
        }

        _roads.TryRemove(near, out _);
        Reset(near, far);
    }

    private bool IsCut(int bytes)
    {
        if (Interlocked.Read(ref _cutAfter) == long.MaxValue || Interlocked.Add(ref _cutAfter, -bytes) > 0) return false;
        Interlocked.Exchange(ref _cutAfter, long.MaxValue);
        return true;
    }

    private async Task PumpAsync(Socket from, Socket to, Func<Memory<byte>, Task<bool>> passes)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                if (_hole is { } hole) await hole.Task;
                if (!await passes(buffer.AsMemory(0, length)))
                {
                    // The half of it, so that a message is cut in its middle.
                    await to.SendAsync(buffer.AsMemory(0, length / 2));
                    return;
                }

                for (var sent = 0; sent < length;) sent += await to.SendAsync(buffer.AsMemory(sent, length - sent));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }
    }
}
