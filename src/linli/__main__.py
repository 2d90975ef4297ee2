from linli.cli import main

if __name__ == "__main__":  # the worker starts a process that imports this again
    main()
