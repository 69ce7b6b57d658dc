using System.Text;
using Microsoft.Extensions.Logging;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Everything that a server logs, at every level: words, what stands in their places, scopes and exceptions.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    private readonly StringBuilder _said = new();

    /// <summary>What was logged until now.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        lock (_said) _said.Clear();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Add(state);
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Add(formatter(state, exception));
        Add(state);
        if (exception is not null) Add(exception);
    }

    public void Dispose()
    {
    }

    private void Add(object? what)
    {
        var text = what is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : what?.ToString();
        lock (_said) _said.AppendLine(text);
    }
}
